using System.Buffers.Binary;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Abi.X86;

/// <summary>
/// struct rt_sigframe of arch/x86/include/asm/sigframe.h: the return address, ucontext and siginfo, and above them, aligned, the floating-point
/// state that the context points at. The red zone below the interrupted function's stack pointer stays untouched (System V ABI, 3.2.2).
/// </summary>
internal static class X64SignalFrame
{
    private const int RedZone = 128;
    private const ulong FloatAlignment = 64;

    // The frame's members.
    private const int ContextOffset = 8, StackOffset = ContextOffset + 16, SigContext = ContextOffset + 40, MaskOffset = SigContext + 256, InfoOffset = MaskOffset + 8;
    private const int Size = InfoOffset + 128;

    // struct sigcontext_64.
    private const int PcOffset = SigContext + 128, FlagsOffset = SigContext + 136, SegmentsOffset = SigContext + 144, ErrorOffset = SigContext + 152,
        VectorOffset = SigContext + 160, OldMaskOffset = SigContext + 168, AddressOffset = SigContext + 176, FloatOffset = SigContext + 184;

    // uc_flags: UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS; and UC_FP_XSTATE.
    private const ulong ContextFlags = 6, ExtendedFlag = 1;

    // r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp.
    private static readonly int[] s_order =
    [
        8, 9, 10, 11, 12, 13, 14, 15, X86Registers.Di, X86Registers.Si, X86Registers.Bp, X86Registers.Bx, X86Registers.Dx, X86Registers.Ax, X86Registers.Cx,
        X86Registers.Sp,
    ];

    /// <summary>Bytes that a frame takes at most, with what aligning it and its floating-point state leaves out: AT_MINSIGSTKSZ.</summary>
    public static int LargestSize(X86Registers registers) => RedZone + registers.Float.Size + (int)FloatAlignment + Size + 24;

    public static bool Push(X86Registers registers, Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request)
    {
        Span<byte> frame = stackalloc byte[Size];
        frame.Clear();
        var info = request.Info;
        Put(frame, 0, request.Restorer);
        Put(frame, ContextOffset, ContextFlags | (registers.Float.Extended.Exists ? ExtendedFlag : 0));
        Put(frame, StackOffset, request.Stack.Pointer);
        Put(frame, StackOffset + 8, (uint)request.Stack.Flags);
        Put(frame, StackOffset + 16, request.Stack.Length);
        for (var i = 0; i < s_order.Length; i++)
        {
            Put(frame, SigContext + (8 * i), registers.R(vcpu, s_order[i]));
        }

        Put(frame, PcOffset, registers.Pc(vcpu));
        Put(frame, FlagsOffset, registers.GetFlags(vcpu) | X86Exceptions.FlagsOf(request.Fault));
        Put(frame, SegmentsOffset, registers.Segment(vcpu, X86Registers.Cs) | (ulong)registers.Segment(vcpu, X86Registers.Ss) << 48);
        var (vector, error, address) = X86Exceptions.Describe(request.Fault, info, memory);
        Put(frame, ErrorOffset, error);
        Put(frame, VectorOffset, (ulong)vector);
        Put(frame, OldMaskOffset, request.Mask);
        Put(frame, AddressOffset, address);
        Put(frame, MaskOffset, request.Mask);
        info.Bytes.CopyTo(frame[InfoOffset..]);

        var top = request.StackTop == registers.R(vcpu, X86Registers.Sp) ? request.StackTop - RedZone : request.StackTop;
        if (registers.Float.Exist)
        {
            Span<byte> image = stackalloc byte[registers.Float.Size];
            registers.Float.Save(vcpu, image);
            top = (top - (ulong)image.Length) & ~(FloatAlignment - 1);
            Put(frame, FloatOffset, top);
            if (!memory.TryWrite(top, image))
            {
                return false;
            }
        }

        // A call has pushed a return address onto a stack that was a multiple of 16.
        var place = ((top - Size) & ~15UL) - 8;
        if (!memory.TryWrite(place, frame))
        {
            return false;
        }

        registers.R(vcpu, X86Registers.Di) = (ulong)info.Number;
        registers.R(vcpu, X86Registers.Si) = place + InfoOffset;
        registers.R(vcpu, X86Registers.Dx) = place + ContextOffset;
        registers.R(vcpu, X86Registers.Ax) = 0;
        registers.R(vcpu, X86Registers.Sp) = place;
        registers.Pc(vcpu) = request.Action.Handler;
        registers.EnterHandler(vcpu);
        return true;
    }

    public static bool Pop(X86Registers registers, Vcpu vcpu, IUserMemory memory, out SignalFrameState state)
    {
        state = default;
        Span<byte> frame = stackalloc byte[Size];

        // The handler's return has taken the return address off.
        if (!memory.TryRead(registers.R(vcpu, X86Registers.Sp) - 8, frame) || !RestoreSegments(registers, vcpu, Get(frame, SegmentsOffset)) || !RestoreFloat(registers, vcpu, memory, Get(frame, FloatOffset)))
        {
            return false;
        }

        for (var i = 0; i < s_order.Length; i++)
        {
            registers.R(vcpu, s_order[i]) = Get(frame, SigContext + (8 * i));
        }

        registers.Pc(vcpu) = Get(frame, PcOffset);
        registers.SetFlags(vcpu, Get(frame, FlagsOffset));
        state = new SignalFrameState(
            Get(frame, MaskOffset), new AlternateStack(Get(frame, StackOffset), Get(frame, StackOffset + 16), (int)Get(frame, StackOffset + 8)));
        return true;
    }

    /// <summary>CS and SS as they must be in 64-bit mode: another CS is of the other mode or refused, another SS is refused.</summary>
    private static bool RestoreSegments(X86Registers registers, Vcpu vcpu, ulong segments)
    {
        const int StackShift = 48;
        const ushort Privilege = 3, DataSegment = 0x2B;
        var code = (ushort)(segments | Privilege);
        var stack = (ushort)(segments >> StackShift | Privilege);
        if (code != registers.Segment(vcpu, X86Registers.Cs) || stack != DataSegment)
        {
            return false;
        }

        registers.Segment(vcpu, X86Registers.Ss) = stack;
        return true;
    }

    /// <summary>A context without floating-point state leaves the initial one.</summary>
    private static bool RestoreFloat(X86Registers registers, Vcpu vcpu, IUserMemory memory, ulong address)
    {
        Span<byte> image = stackalloc byte[registers.Float.Size];
        image.Clear();
        if (address == 0)
        {
            registers.Float.Clear(vcpu);
            return true;
        }

        // A program may have put its own image there, without anything behind it.
        if (!memory.TryRead(address, image) && !memory.TryRead(address, image[..X86FloatRegisters.ImageSize]))
        {
            return false;
        }

        return registers.Float.TryLoad(vcpu, image);
    }

    private static void Put(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    private static ulong Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
