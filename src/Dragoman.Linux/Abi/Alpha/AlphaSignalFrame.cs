using System.Buffers.Binary;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>
/// struct sigframe and struct rt_sigframe of arch/alpha/kernel/signal.c: struct sigcontext alone, or siginfo and a ucontext that holds one; then
/// three words of code, which stay unused because the trampoline has a page of its own.
/// </summary>
internal static class AlphaSignalFrame
{
    /// <summary>Bytes of the larger frame.</summary>
    public const int Size = 848;

    /// <summary>Bytes between the trampoline of the frame without siginfo and that of the one with it.</summary>
    public const int RealTimeTrampoline = 12;

    private const int PlainSize = 664, Alignment = 32;
    private const int UcontextOffset = 128, OldMaskOffset = 16, StackOffset = 24, ContextOffset = 48, MaskOffset = 696;

    // struct sigcontext.
    private const int OnStack = 0, Mask = 8, Pc = 16, Status = 24, Registers = 32, OwnsFloating = 288, Floating = 296, Fpcr = 552, Control = 560,
        TrapAddress = 600;

    private const ulong UserStatus = 8;
    private const int Count = 31;

    public static bool Push(AlphaRegisters registers, Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request)
    {
        var hasInfo = (request.Action.Flags & SignalAction.WithInfo) != 0;
        Span<byte> frame = stackalloc byte[hasInfo ? Size : PlainSize];
        frame.Clear();
        var address = (request.StackTop - (ulong)frame.Length) & ~(ulong)(Alignment - 1);
        var context = hasInfo ? UcontextOffset + ContextOffset : 0;
        if (hasInfo)
        {
            var info = request.Info;
            info.Bytes.CopyTo(frame);
            var ucontext = frame[UcontextOffset..];
            Put(ucontext, OldMaskOffset, request.Mask);
            Put(ucontext, StackOffset, request.Stack.Pointer);
            Put(ucontext, StackOffset + 8, (uint)request.Stack.Flags);
            Put(ucontext, StackOffset + 16, request.Stack.Length);
            Put(ucontext, MaskOffset, request.Mask);
        }

        Store(registers, vcpu, request, address + (ulong)context, frame[context..]);
        if (!memory.TryWrite(address, frame))
        {
            return false;
        }

        var ownTrampoline = (request.Action.Flags & SignalAction.HasRestorer) == 0;
        registers.R(vcpu, AlphaRegisters.ReturnAddress) = request.Restorer + (ownTrampoline && hasInfo ? RealTimeTrampoline : 0UL);
        registers.R(vcpu, AlphaRegisters.Procedure) = request.Action.Handler;
        registers.Return(vcpu, request.Action.Handler);
        registers.R(vcpu, AlphaRegisters.FirstArgument) = (ulong)request.Info.Number;
        registers.R(vcpu, AlphaRegisters.FirstArgument + 1) = hasInfo ? address : 0;
        registers.R(vcpu, AlphaRegisters.FirstArgument + 2) = address + (hasInfo ? UcontextOffset : 0UL);
        registers.R(vcpu, AlphaRegisters.StackPointer) = address;
        return true;
    }

    /// <summary>The frame's address is the call's argument (the trampoline moves the stack pointer there).</summary>
    public static bool Pop(AlphaRegisters registers, Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state)
    {
        var hasInfo = syscall == Syscall.RtSigreturn;
        Span<byte> frame = stackalloc byte[hasInfo ? Size : PlainSize];
        state = default;
        if (!memory.TryRead(registers.R(vcpu, AlphaRegisters.FirstArgument), frame))
        {
            return false;
        }

        var context = frame[(hasInfo ? UcontextOffset + ContextOffset : 0)..];
        registers.Return(vcpu, Get(context, Pc));
        for (var i = 0; i < Count; i++)
        {
            registers.R(vcpu, i) = Get(context, Registers + (8 * i));
            registers.F(vcpu, i) = Get(context, Floating + (8 * i));
        }

        registers.SetFpcr(vcpu, Get(context, Fpcr));

        // do_rt_sigreturn leaves the alternate stack as it is, on Alpha alone.
        state = new SignalFrameState(hasInfo ? Get(frame[UcontextOffset..], MaskOffset) : Get(context, Mask), null);
        return true;
    }

    private static void Store(AlphaRegisters registers, Vcpu vcpu, in SignalFrameRequest request, ulong address, Span<byte> context)
    {
        // Of the handler's stack, not of the one that was interrupted.
        Put(context, OnStack, request.Stack.Holds(address) ? 1UL : 0);
        Put(context, Mask, request.Mask);
        Put(context, Pc, registers.Pc(vcpu));
        Put(context, Status, UserStatus);
        Put(context, OwnsFloating, 0);
        for (var i = 0; i < Count; i++)
        {
            Put(context, Registers + (8 * i), registers.R(vcpu, i));
            Put(context, Floating + (8 * i), registers.F(vcpu, i));
        }

        Put(context, Fpcr, registers.GetFpcr(vcpu));
        Put(context, Control, AlphaFloatControl.Get(registers, vcpu));
        Put(context, TrapAddress, request.FaultAddress);
        if (request.Fault.Kind == ExceptionKind.MemoryFault)
        {
            Put(context, TrapAddress + 8, Cause(request.Fault));
            Put(context, TrapAddress + 16, request.Fault.Access switch { GuestAccess.Execute => ulong.MaxValue, GuestAccess.Write => 1, _ => 0 });
        }
    }

    /// <summary>MMCSR (Architecture Reference Manual II-B 6.3.2, entMM): a page that is not there, or that may not be read, executed or written.</summary>
    private static ulong Cause(in GuestException fault)
    {
        const int AccessError = 2;
        return fault.SignalCode != AccessError ? 0UL : fault.Access switch { GuestAccess.Execute => 3, GuestAccess.Write => 4, _ => 2 };
    }

    private static void Put(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    private static ulong Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
