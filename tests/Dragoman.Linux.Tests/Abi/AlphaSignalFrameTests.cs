using Dragoman.Linux.Abi;
using Dragoman.Linux.Abi.Alpha;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Tests.Abi;

/// <summary>Alpha's two signal frames against the offsets that a program compiled with glibc's headers sees.</summary>
public sealed unsafe class AlphaSignalFrameTests : IDisposable
{
    private readonly FakeGuest _guest = FakeGuest.Alpha();
    private readonly UserMachine _machine;
    private readonly AlphaLinuxAbi _abi;
    private readonly Vcpu _vcpu;
    private readonly UserMemory _memory;
    private readonly ulong _stackTop;

    public AlphaSignalFrameTests()
    {
        _machine = new UserMachine(_guest, new RuntimeOptions { RegionLog2 = 40 }, new NoBackend(), null, new NoKernel());
        _abi = new AlphaLinuxAbi(_guest);
        _vcpu = _machine.CreateVcpu();
        _memory = new UserMemory(_machine.Memory, ignoresTopByte: false);
        var stack = _machine.Memory.Map(0, 0x10000, GuestProtection.Read | GuestProtection.Write, GuestMapFlags.Private | GuestMapFlags.Anonymous);
        _stackTop = (ulong)stack + 0x10000;
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(SignalAction.WithInfo, Syscall.RtSigreturn)]
    [InlineData(0UL, Syscall.Sigreturn)]
    public void PushAndPopRestoreEveryRegister(ulong flags, Syscall syscall)
    {
        var before = Scramble(seed: 7);
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(flags)));
        var frame = flags != 0 ? _vcpu.GetRegister("R17") : _vcpu.GetRegister("R18");
        Assert.Equal(0x1234000UL, _vcpu.Pc);
        Scramble(seed: 99);

        // What the trampoline passes: the stack pointer as it was when the handler began.
        _vcpu.SetRegister("R16", frame);
        Assert.True(_abi.PopSignalFrame(_vcpu, _memory, syscall, out var state));
        Assert.Equal(before, Snapshot());
        Assert.Equal(0x5555UL, state.Mask);

        // do_rt_sigreturn of arch/alpha does not restore it.
        Assert.Null(state.Stack);
    }

    [Fact]
    public void HandlerSeesTheKernelsLayout()
    {
        Scramble(seed: 7);
        var (r7, sp, pc, f5) = (_vcpu.GetRegister("R7"), _vcpu.GetRegister("R30"), _vcpu.Pc, _vcpu.GetRegister("F5"));
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(SignalAction.WithInfo)));
        var (info, context) = (_vcpu.GetRegister("R17"), _vcpu.GetRegister("R18"));
        Assert.Equal(30UL, _vcpu.GetRegister("R16"));
        Assert.Equal(info, _vcpu.GetRegister("R30"));
        Assert.Equal(info + 128, context);
        Assert.Equal(0UL, info & 31);
        Assert.Equal(0x1234000UL, _vcpu.GetRegister("R27"));

        // Without a restorer of the program's, the second of the trampolines.
        Assert.Equal(0x777000UL + 12, _vcpu.GetRegister("R26"));

        // offsetof(ucontext_t, ...) of glibc on Alpha: uc_stack 24, uc_mcontext 48, uc_sigmask 696; sigcontext: sc_pc 16, sc_regs 32, sc_fpregs 296, sc_traparg_a0 600.
        Assert.Equal(30, (int)U64(info));
        Assert.Equal(0x1000UL, U64(context + 24));
        Assert.Equal(0x5555UL, U64(context + 696));
        Assert.Equal(pc, U64(context + 48 + 16));
        Assert.Equal(8UL, U64(context + 48 + 24));
        Assert.Equal(r7, U64(context + 48 + 32 + (7 * 8)));
        Assert.Equal(sp, U64(context + 48 + 32 + (30 * 8)));
        Assert.Equal(f5, U64(context + 48 + 296 + (5 * 8)));
        Assert.Equal(0xFA17UL, U64(context + 48 + 600));
    }

    [Fact]
    public void WithoutInfoTheThirdArgumentIsTheContext()
    {
        Scramble(seed: 7);
        var pc = _vcpu.Pc;
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(SignalAction.HasRestorer)));
        Assert.Equal(0UL, _vcpu.GetRegister("R17"));
        Assert.Equal(pc, U64(_vcpu.GetRegister("R18") + 16));
        Assert.Equal(0x777000UL, _vcpu.GetRegister("R26"));
    }

    [Fact]
    public void PalcodeReturnsToWholeInstructionsWithoutTheFlag()
    {
        Scramble(seed: 7);
        _vcpu.SetRegister("INTR", 1);
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { Action = new SignalAction(0x1234003, 0, 0, 0) }));
        Assert.Equal((0x1234000UL, 0x1234003UL, 0UL), (_vcpu.Pc, _vcpu.GetRegister("R27"), _vcpu.GetRegister("INTR")));
        var context = _vcpu.GetRegister("R18");
        Assert.True(_memory.TryWrite(context + 16, 0x5557UL));
        _vcpu.SetRegister("INTR", 1);
        _vcpu.SetRegister("R16", context);
        Assert.True(_abi.PopSignalFrame(_vcpu, _memory, Syscall.Sigreturn, out _));
        Assert.Equal((0x5554UL, 0UL), (_vcpu.Pc, _vcpu.GetRegister("INTR")));
        _vcpu.SetRegister("INTR", 1);
        _abi.WriteResult(_vcpu, Syscall.Getpid, 7);
        Assert.Equal(0UL, _vcpu.GetRegister("INTR"));
        _abi.StartProgram(_vcpu, 0x20002, _stackTop);
        Assert.Equal(0x20000UL, _vcpu.Pc);
    }

    [Theory]
    [InlineData(GuestAccess.Read, 1, 0UL, 0UL)]
    [InlineData(GuestAccess.Read, 2, 2UL, 0UL)]
    [InlineData(GuestAccess.Write, 2, 4UL, 1UL)]
    [InlineData(GuestAccess.Execute, 2, 3UL, ulong.MaxValue)]
    public void AFaultsFrameHasWhatPalcodeSaid(GuestAccess access, int code, ulong cause, ulong kind)
    {
        Scramble(seed: 7);
        var fault = new GuestException(ExceptionKind.MemoryFault, 0, 0xFA17, access, 11, code, After: false);
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { Fault = fault }));
        var context = _vcpu.GetRegister("R18");
        Assert.Equal((0xFA17UL, cause, kind), (U64(context + 600), U64(context + 608), U64(context + 616)));
    }

    [Fact]
    public void TheContextSaysWhetherTheHandlersStackIsTheAlternateOne()
    {
        Scramble(seed: 7);
        var stack = new AlternateStack(_stackTop - 0x8000, 0x4000, 0);
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { Stack = stack, StackTop = _stackTop - 0x4000 }));
        Assert.Equal(1UL, U64(_vcpu.GetRegister("R18")));
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { Stack = stack, StackTop = _stackTop - 0x100 }));
        Assert.Equal(0UL, U64(_vcpu.GetRegister("R18")));
    }

    [Fact]
    public void AStackThatCannotBeWrittenOrReadIsRefused()
    {
        Scramble(seed: 7);
        Assert.False(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { StackTop = 0x100 }));
        Assert.False(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { StackTop = 0xFFFF_8000_0000_0000 }));
        _vcpu.SetRegister("R16", ulong.MaxValue - 100);
        Assert.False(_abi.PopSignalFrame(_vcpu, _memory, Syscall.RtSigreturn, out _));
    }

    [Fact]
    public void ResultsSayInA3WhetherTheyAreErrors()
    {
        _abi.WriteResult(_vcpu, Syscall.Read, -11);
        Assert.Equal((35UL, 1UL), (_vcpu.GetRegister("R0"), _vcpu.GetRegister("R19")));
        _abi.WriteResult(_vcpu, Syscall.Mmap, 0x20000000000);
        Assert.Equal((0x20000000000UL, 0UL), (_vcpu.GetRegister("R0"), _vcpu.GetRegister("R19")));
    }

    private SignalFrameRequest Request(ulong flags) => new(
        SignalInfo.Sent(30, SignalInfo.SiUser, 1, 2), new SignalAction(0x1234000, flags, 0, 0), 0x5555, new AlternateStack(0x1000, 0x2000, 0),
        _vcpu.GetRegister("R30"), 0x777000, 0xFA17);

    private byte[] Scramble(int seed)
    {
        var random = new Random(seed);
        foreach (var register in _guest.Registers)
        {
            random.NextBytes(new Span<byte>(_vcpu.Env + register.Offset, register.Size));
        }

        // PALcode's value, the trap enables and what is done about misaligned accesses are not in the frame.
        _vcpu.SetRegister("UNIQUE", 0x7117);
        _vcpu.SetRegister("IEEE_SWCR", 0x2);
        _vcpu.SetRegister("UAC", 4);
        _vcpu.SetRegister("INTR", 0);
        _vcpu.SetRegister("PC", 0x12340);
        _vcpu.SetRegister("R30", _stackTop - 0x123);
        _vcpu.SetRegister("FPCR", 0x680E_0000_0000_0000);
        return Snapshot();
    }

    private byte[] Snapshot() => new Span<byte>(_vcpu.Env + Tcg.Abi.VcpuHeader.GuestState, _guest.StateSize - Tcg.Abi.VcpuHeader.GuestState).ToArray();

    private ulong U64(ulong address)
    {
        Assert.True(_memory.TryRead(address, out ulong value));
        return value;
    }
}
