using System.Buffers.Binary;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Abi.AArch64;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Tests.Abi;

/// <summary>The signal frame against the offsets that a program compiled with the kernel's headers sees.</summary>
public sealed unsafe class AArch64SignalFrameTests : IDisposable
{
    private readonly FakeGuest _guest = FakeGuest.AArch64();
    private readonly UserMachine _machine;
    private readonly AArch64LinuxAbi _abi;
    private readonly Vcpu _vcpu;
    private readonly UserMemory _memory;
    private readonly ulong _stackTop;

    public AArch64SignalFrameTests()
    {
        _machine = new UserMachine(_guest, new RuntimeOptions { RegionLog2 = 40 }, new NoBackend(), null, new NoKernel());
        _abi = new AArch64LinuxAbi(_guest);
        _vcpu = _machine.CreateVcpu();
        _memory = new UserMemory(_machine.Memory, ignoresTopByte: true);
        var stack = _machine.Memory.Map(0, 0x10000, GuestProtection.Read | GuestProtection.Write, GuestMapFlags.Private | GuestMapFlags.Anonymous);
        _stackTop = (ulong)stack + 0x10000;
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void PushAndPopRestoreEveryRegister()
    {
        var before = Scramble();
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(SignalAction.WithInfo)));
        Assert.Equal(0x1234000UL, _vcpu.Pc);
        Scramble(seed: 99, keepStack: true);
        Assert.True(_abi.PopSignalFrame(_vcpu, _memory, Syscall.RtSigreturn, out var state));
        Assert.Equal(before, Snapshot());
        Assert.Equal(0x5555UL, state.Mask);
        Assert.Equal(new AlternateStack(0x1000, 0x2000, 0), state.Stack);
    }

    [Fact]
    public void HandlerSeesTheKernelsLayout()
    {
        Scramble();
        var x7 = _vcpu.GetRegister("X7");
        var sp = _vcpu.GetRegister("SP");
        var pc = _vcpu.Pc;
        var fp = _vcpu.GetRegister("X29");
        var lr = _vcpu.GetRegister("X30");
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(SignalAction.WithInfo)));

        var info = _vcpu.GetRegister("X1");
        var context = _vcpu.GetRegister("X2");
        Assert.Equal(10UL, _vcpu.GetRegister("X0"));
        Assert.Equal(info, _vcpu.GetRegister("SP"));
        Assert.Equal(info + 128, context);
        Assert.Equal(0x777000UL, _vcpu.GetRegister("X30"));
        Assert.Equal(0UL, _vcpu.GetRegister("SP") & 15);

        // offsetof(ucontext_t, ...) of glibc on AArch64: uc_stack 16, uc_sigmask 40, uc_mcontext 176; mcontext: regs 8, sp 256, pc 264, pstate 272, reserved 288.
        Assert.Equal(10, (int)U32(info));
        Assert.Equal(0x1000UL, U64(context + 16));
        Assert.Equal(0x5555UL, U64(context + 40));
        Assert.Equal(0xFA17UL, U64(context + 176));
        Assert.Equal(x7, U64(context + 176 + 8 + (7 * 8)));
        Assert.Equal(sp, U64(context + 176 + 256));
        Assert.Equal(pc, U64(context + 176 + 264));
        Assert.Equal(0x46508001U, U32(context + 176 + 288));
        Assert.Equal(528U, U32(context + 176 + 292));
        Assert.Equal(0UL, U64(context + 176 + 288 + 528));

        // The frame record: fp points at the interrupted fp and lr.
        var record = _vcpu.GetRegister("X29");
        Assert.Equal(fp, U64(record));
        Assert.Equal(lr, U64(record + 8));
    }

    [Fact]
    public void WithoutInfoOnlyTheNumberIsPassed()
    {
        Scramble();
        var x1 = _vcpu.GetRegister("X1");
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0)));
        Assert.Equal(x1, _vcpu.GetRegister("X1"));
    }

    [Fact]
    public void AStackThatCannotBeWrittenIsRefused()
    {
        Scramble();
        Assert.False(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { StackTop = 0x100 }));
        Assert.False(_abi.PushSignalFrame(_vcpu, _memory, Request(0) with { StackTop = 0xFFFF_8000_0000_0000 }));
    }

    [Theory]
    [InlineData(0, 0x46508001U, 512U)]
    [InlineData(0, 0x46508001U, 8U)]
    [InlineData(0, 0xDEADBEEFU, 0U)]
    [InlineData(0, 0xDEADBEEFU, 0xFFFFFFF0U)]
    [InlineData(528, 0x46508001U, 528U)]
    public void AForgedRecordIsRefused(int at, uint magic, uint size)
    {
        Scramble();
        Assert.True(_abi.PushSignalFrame(_vcpu, _memory, Request(0)));
        var reserved = _vcpu.GetRegister("SP") + 128 + 176 + 288;
        Assert.True(_memory.TryWrite(reserved + (ulong)at, magic));
        Assert.True(_memory.TryWrite(reserved + (ulong)at + 4, size));
        Assert.False(_abi.PopSignalFrame(_vcpu, _memory, Syscall.RtSigreturn, out _));
    }

    private SignalFrameRequest Request(ulong flags) => new(
        SignalInfo.Sent(10, SignalInfo.SiUser, 1, 2), new SignalAction(0x1234000, flags, 0, 0), 0x5555, new AlternateStack(0x1000, 0x2000, 0),
        _vcpu.GetRegister("SP"), 0x777000, 0xFA17);

    private byte[] Scramble(int seed = 7, bool keepStack = false)
    {
        var sp = keepStack ? _vcpu.GetRegister("SP") : _stackTop - 0x123;
        var random = new Random(seed);
        foreach (var register in _guest.Registers)
        {
            random.NextBytes(new Span<byte>(_vcpu.Env + register.Offset, register.Size));
            if (register.Name.StartsWith("NZCV", StringComparison.Ordinal))
            {
                *(uint*)(_vcpu.Env + register.Offset) &= 1;
            }
        }

        // The thread pointer is not in the frame: a handler that changes it changes it for good.
        _vcpu.SetRegister("TPIDR_EL0", 0x7117);
        _vcpu.SetRegister("SP", sp);
        _vcpu.SetRegister("FPCR", 0x01C00000);
        _vcpu.SetRegister("FPSR", 0x10);
        return Snapshot();
    }

    private byte[] Snapshot() => new Span<byte>(_vcpu.Env + Tcg.Abi.VcpuHeader.GuestState, _guest.StateSize - Tcg.Abi.VcpuHeader.GuestState).ToArray();

    private ulong U64(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.True(_memory.TryRead(address, bytes));
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private uint U32(ulong address) => (uint)U64(address);
}
