using System.Buffers.Binary;
using Dragoman.Linux.Abi.X86;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// struct sigframe_ia32 and rt_sigframe_ia32 of arch/x86/include/asm/sigframe.h: the return address, the handler's arguments, and the context,
/// without and with siginfo.
/// </summary>
internal static class I386SignalFrame
{
    private const int ContextSize = 88, FloatUnused = 624;
    private const ulong FloatAlignment = 64;

    // struct sigframe_ia32: pretcode, sig, sigcontext, an unused place for floating point, the upper word of the mask, retcode.
    private const int PlainContext = 8, ExtraMask = PlainContext + ContextSize + FloatUnused, PlainCode = ExtraMask + 4, PlainSize = PlainCode + 8;

    // struct rt_sigframe_ia32: pretcode, sig, pinfo, puc, siginfo, ucontext (flags, link, stack, sigcontext, mask), retcode.
    private const int InfoOffset = 16, UserContext = InfoOffset + 128, StackOffset = UserContext + 8, InfoContext = UserContext + 20,
        MaskOffset = InfoContext + ContextSize, InfoCode = MaskOffset + 8, InfoSize = InfoCode + 8;

    // UC_FP_XSTATE of uc_flags.
    private const uint ExtendedFlag = 1;

    // struct sigcontext_32.
    private const int VectorOffset = 48, ErrorOffset = 52, PcOffset = 56, CodeSegment = 60, FlagsOffset = 64, StackAtSignal = 68, StackSegment = 72,
        FloatOffset = 76, OldMaskOffset = 80, AddressOffset = 84;

    // gs, fs, es, ds; edi, esi, ebp, esp, ebx, edx, ecx, eax.
    private static readonly int[] s_segments = [X86Registers.Gs, X86Registers.Fs, X86Registers.Es, X86Registers.Ds];

    private static readonly int[] s_order =
    [
        X86Registers.Di, X86Registers.Si, X86Registers.Bp, X86Registers.Sp, X86Registers.Bx, X86Registers.Dx, X86Registers.Cx, X86Registers.Ax,
    ];

    /// <summary>Bytes that a frame takes at most, with what aligning it and its floating-point state leaves out: AT_MINSIGSTKSZ.</summary>
    public static int LargestSize(X86Registers registers) => I386FloatImage.LegacySize + registers.Float.Size + (int)FloatAlignment + PlainSize + 24;

    public static bool Push(X86Registers registers, I386Segments segments, Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request)
    {
        var withInfo = (request.Action.Flags & SignalAction.WithInfo) != 0;
        Span<byte> frame = stackalloc byte[withInfo ? InfoSize : PlainSize];
        frame.Clear();
        var info = request.Info;
        var context = frame.Slice(withInfo ? InfoContext : PlainContext, ContextSize);
        if (!PushFloat(registers, vcpu, memory, request.StackTop, context, out var top))
        {
            return false;
        }

        // A call has pushed a return address onto a stack that was a multiple of 16.
        var place = ((top - (ulong)frame.Length + 4) & ~15UL) - 4;
        Put(frame, 0, Restorer(request, withInfo));
        Put(frame, 4, (uint)info.Number);
        if (withInfo)
        {
            Put(frame, 8, (uint)place + InfoOffset);
            Put(frame, 12, (uint)place + UserContext);
            info.ToNarrow().Bytes.CopyTo(frame[InfoOffset..]);
            Put(frame, UserContext, registers.Float.Extended.Exists ? ExtendedFlag : 0);
            Put(frame, StackOffset, (uint)request.Stack.Pointer);
            Put(frame, StackOffset + 4, (uint)request.Stack.Flags);
            Put(frame, StackOffset + 8, (uint)request.Stack.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(frame[MaskOffset..], request.Mask);
        }
        else
        {
            Put(frame, ExtraMask, (uint)(request.Mask >> 32));
        }

        WriteContext(registers, vcpu, memory, request, context);
        if (place > uint.MaxValue || !memory.TryWrite(place, frame))
        {
            return false;
        }

        registers.R(vcpu, X86Registers.Ax) = (uint)info.Number;
        registers.R(vcpu, X86Registers.Dx) = withInfo ? (uint)place + InfoOffset : 0;
        registers.R(vcpu, X86Registers.Cx) = withInfo ? (uint)place + UserContext : 0;
        registers.R(vcpu, X86Registers.Sp) = place;
        registers.Pc(vcpu) = (uint)request.Action.Handler;
        segments.LoadFlat(vcpu);
        registers.Segment(vcpu, X86Registers.Ss) = I386LinuxAbi.DataSegment;
        registers.EnterHandler(vcpu);
        return true;
    }

    public static bool Pop(X86Registers registers, I386Segments segments, Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state)
    {
        state = default;
        var withInfo = syscall == Syscall.RtSigreturn;
        Span<byte> frame = stackalloc byte[withInfo ? InfoSize : PlainSize];

        // The handler's return has taken the return address off, and the restorer of the plain frame the signal's number.
        if (!memory.TryRead((uint)registers.R(vcpu, X86Registers.Sp) - (withInfo ? 4UL : 8), frame))
        {
            return false;
        }

        var context = frame.Slice(withInfo ? InfoContext : PlainContext, ContextSize);
        if (!RestoreFloat(registers, vcpu, memory, Get(context, FloatOffset))
            || !segments.RestoreCode(vcpu, (ushort)Get(context, CodeSegment), (ushort)Get(context, StackSegment)))
        {
            return false;
        }

        for (var i = 0; i < s_segments.Length; i++)
        {
            segments.Restore(vcpu, s_segments[i], (ushort)Get(context, 4 * i));
        }

        for (var i = 0; i < s_order.Length; i++)
        {
            registers.R(vcpu, s_order[i]) = Get(context, 16 + (4 * i));
        }

        registers.Pc(vcpu) = Get(context, PcOffset);
        registers.SetFlags(vcpu, Get(context, FlagsOffset));
        state = withInfo
            ? new SignalFrameState(
                BinaryPrimitives.ReadUInt64LittleEndian(frame[MaskOffset..]),
                new AlternateStack(Get(frame, StackOffset), Get(frame, StackOffset + 8), (int)Get(frame, StackOffset + 4)))
            : new SignalFrameState(Get(context, OldMaskOffset) | (ulong)Get(frame, ExtraMask) << 32, null);
        return true;
    }

    /// <summary>Puts the floating-point state below the interrupted function's stack, its FXSAVE part aligned; false when that cannot be written.</summary>
    private static bool PushFloat(X86Registers registers, Vcpu vcpu, IUserMemory memory, ulong stackTop, Span<byte> context, out ulong top)
    {
        top = stackTop;
        if (!registers.Float.Exist)
        {
            return true;
        }

        Span<byte> image = stackalloc byte[I386FloatImage.LegacySize + registers.Float.Size];
        image.Clear();
        registers.Float.Save(vcpu, image[I386FloatImage.LegacySize..]);
        I386FloatImage.WriteLegacy(image, registers.Segment(vcpu, X86Registers.Cs), registers.Segment(vcpu, X86Registers.Ds));
        top = ((stackTop - (ulong)registers.Float.Size) & ~(FloatAlignment - 1)) - I386FloatImage.LegacySize;
        Put(context, FloatOffset, (uint)top);
        return memory.TryWrite(top, image);
    }

    /// <summary>A context without floating-point state leaves the initial one.</summary>
    private static bool RestoreFloat(X86Registers registers, Vcpu vcpu, IUserMemory memory, uint address)
    {
        Span<byte> image = stackalloc byte[I386FloatImage.LegacySize + registers.Float.Size];
        image.Clear();
        if (address == 0)
        {
            registers.Float.Clear(vcpu);
            return true;
        }

        if (!memory.TryRead(address, image) && !memory.TryRead(address, image[..(I386FloatImage.LegacySize + X86FloatRegisters.ImageSize)]))
        {
            return false;
        }

        I386FloatImage.ReadLegacy(image);
        return registers.Float.TryLoad(vcpu, image[I386FloatImage.LegacySize..]);
    }

    /// <summary>Ours stands for the vDSO's two: the plain frame's code lies before the other.</summary>
    private static uint Restorer(in SignalFrameRequest request, bool withInfo)
    {
        const uint PlainBytes = 8;
        var own = (request.Action.Flags & SignalAction.HasRestorer) == 0;
        return (uint)request.Restorer + (own && withInfo ? PlainBytes : 0);
    }

    private static void WriteContext(X86Registers registers, Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request, Span<byte> context)
    {
        for (var i = 0; i < s_segments.Length; i++)
        {
            Put(context, 4 * i, registers.Segment(vcpu, s_segments[i]));
        }

        for (var i = 0; i < s_order.Length; i++)
        {
            Put(context, 16 + (4 * i), (uint)registers.R(vcpu, s_order[i]));
        }

        var (vector, error, address) = X86Exceptions.Describe(request.Fault, request.Info, memory);
        Put(context, VectorOffset, (uint)vector);
        Put(context, ErrorOffset, (uint)error);
        Put(context, PcOffset, (uint)registers.Pc(vcpu));
        Put(context, CodeSegment, registers.Segment(vcpu, X86Registers.Cs));
        Put(context, FlagsOffset, (uint)(registers.GetFlags(vcpu) | X86Exceptions.FlagsOf(request.Fault)));
        Put(context, StackAtSignal, (uint)registers.R(vcpu, X86Registers.Sp));
        Put(context, StackSegment, registers.Segment(vcpu, X86Registers.Ss));
        Put(context, OldMaskOffset, (uint)request.Mask);
        Put(context, AddressOffset, (uint)address);
    }

    private static void Put(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    private static uint Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
