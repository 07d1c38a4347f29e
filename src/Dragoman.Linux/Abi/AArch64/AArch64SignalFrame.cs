using System.Buffers.Binary;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Abi.AArch64;

/// <summary>
/// struct rt_sigframe of arch/arm64/kernel/signal.c: siginfo, ucontext with the fpsimd record, and above it the frame record (fp, lr)
/// that makes the interrupted function's caller visible to unwinders.
/// </summary>
internal static class AArch64SignalFrame
{
    /// <summary>siginfo (128), ucontext (176 to sigcontext), sigcontext (288 and 4096 reserved).</summary>
    public const int Size = UcontextOffset + McontextOffset + ReservedOffset + 4096;

    private const int UcontextOffset = 128;
    private const int StackOffset = UcontextOffset + 16;
    private const int MaskOffset = UcontextOffset + 40;
    private const int McontextOffset = 176;
    private const int Mcontext = UcontextOffset + McontextOffset;
    private const int RegistersOffset = Mcontext + 8;
    private const int SpOffset = Mcontext + 256;
    private const int PcOffset = Mcontext + 264;
    private const int PstateOffset = Mcontext + 272;
    private const int ReservedOffset = 288;
    private const int Reserved = Mcontext + ReservedOffset;
    private const uint FpsimdMagic = 0x46508001;
    private const int FpsimdSize = 528;
    private const uint EsrMagic = 0x45535201;
    private const int EsrSize = 16;

    public static bool Push(AArch64Registers registers, Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request)
    {
        Span<byte> frame = stackalloc byte[Size];
        frame.Clear();
        var info = request.Info;
        info.Bytes.CopyTo(frame);

        Put64(frame, StackOffset, request.Stack.Pointer);
        Put32(frame, StackOffset + 8, (uint)request.Stack.Flags);
        Put64(frame, StackOffset + 16, request.Stack.Length);
        Put64(frame, MaskOffset, request.Mask);
        Put64(frame, Mcontext, request.FaultAddress);
        for (var i = 0; i < 31; i++)
        {
            Put64(frame, RegistersOffset + (8 * i), registers.X(vcpu, i));
        }

        Put64(frame, SpOffset, registers.Sp(vcpu));
        Put64(frame, PcOffset, registers.Pc(vcpu));
        Put64(frame, PstateOffset, registers.GetPstate(vcpu));

        Put32(frame, Reserved, FpsimdMagic);
        Put32(frame, Reserved + 4, FpsimdSize);
        Put32(frame, Reserved + 8, registers.GetFpsr(vcpu));
        Put32(frame, Reserved + 12, registers.GetFpcr(vcpu));
        for (var i = 0; i < 32; i++)
        {
            registers.V(vcpu, i).CopyTo(frame[(Reserved + 16 + (16 * i))..]);
        }

        var record = (request.StackTop & ~15UL) - 16;
        var address = record - Size;
        Span<byte> link = stackalloc byte[16];
        Put64(link, 0, registers.X(vcpu, 29));
        Put64(link, 8, registers.X(vcpu, 30));
        if (!memory.TryWrite(record, link) || !memory.TryWrite(address, frame))
        {
            return false;
        }

        registers.X(vcpu, 0) = (ulong)info.Number;
        if ((request.Action.Flags & SignalAction.WithInfo) != 0)
        {
            registers.X(vcpu, 1) = address;
            registers.X(vcpu, 2) = address + UcontextOffset;
        }

        registers.Sp(vcpu) = address;
        registers.X(vcpu, 29) = record;
        registers.X(vcpu, 30) = request.Restorer;
        registers.Pc(vcpu) = request.Action.Handler;
        return true;
    }

    public static bool Pop(AArch64Registers registers, Vcpu vcpu, IUserMemory memory, out SignalFrameState state)
    {
        state = default;
        Span<byte> frame = stackalloc byte[Size];
        var address = registers.Sp(vcpu);

        // The kernel: "Since we stacked the signal on a 128-bit boundary, then 'sp' should be word aligned here."
        if ((address & 15) != 0 || !memory.TryRead(address, frame) || !FindFpsimd(frame, out var fpsimd))
        {
            return false;
        }

        for (var i = 0; i < 31; i++)
        {
            registers.X(vcpu, i) = Get64(frame, RegistersOffset + (8 * i));
        }

        registers.Sp(vcpu) = Get64(frame, SpOffset);
        registers.Pc(vcpu) = Get64(frame, PcOffset);
        registers.SetPstate(vcpu, Get64(frame, PstateOffset));
        registers.SetFpsr(vcpu, Get32(frame, fpsimd + 8));
        registers.SetFpcr(vcpu, Get32(frame, fpsimd + 12));
        for (var i = 0; i < 32; i++)
        {
            frame.Slice(fpsimd + 16 + (16 * i), 16).CopyTo(registers.V(vcpu, i));
        }

        var stack = new AlternateStack(Get64(frame, StackOffset), Get64(frame, StackOffset + 16), (int)Get32(frame, StackOffset + 8));
        state = new SignalFrameState(Get64(frame, MaskOffset), stack);
        return true;
    }

    /// <summary>Walks the records up to the terminator, as the kernel's parse_user_sigframe does.</summary>
    private static bool FindFpsimd(ReadOnlySpan<byte> frame, out int fpsimd)
    {
        fpsimd = -1;
        var offset = Reserved;
        while (offset + 8 <= Size)
        {
            var magic = Get32(frame, offset);
            var size = Get32(frame, offset + 4);
            if (magic == 0)
            {
                return size == 0 && fpsimd >= 0;
            }

            if (size < 8 || (size & 15) != 0 || size > Size - offset
                || (magic == FpsimdMagic && (size != FpsimdSize || fpsimd >= 0)) || (magic == EsrMagic && size != EsrSize))
            {
                return false;
            }

            fpsimd = magic == FpsimdMagic ? offset : fpsimd;
            offset += (int)size;
        }

        return false;
    }

    private static void Put64(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    private static void Put32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    private static ulong Get64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static uint Get32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
