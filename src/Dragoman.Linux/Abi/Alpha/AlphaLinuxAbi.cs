using Dragoman.Linux.Host;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>
/// Alpha Linux: the call's number in v0 and arguments in a0 to a5; the result in v0, or with a3 set its positive error, and a second one in a4.
/// </summary>
public sealed class AlphaLinuxAbi(IGuest guest) : ILinuxAbi
{
    // mov sp, a0; lda v0, sigreturn; callsys: and the same with rt_sigreturn. Unwinders know them by these words.
    private static readonly byte[] s_trampoline =
    [
        0x10, 0x04, 0xFE, 0x47, 0x67, 0x00, 0x1F, 0x20, 0x83, 0x00, 0x00, 0x00,
        0x10, 0x04, 0xFE, 0x47, 0x5F, 0x01, 0x1F, 0x20, 0x83, 0x00, 0x00, 0x00,
    ];

    private const int InstructionBytes = 4;

    private readonly AlphaRegisters _registers = new(guest);

    /// <inheritdoc/>
    public int ElfMachine => 0x9026;

    /// <inheritdoc/>
    public bool Is64Bit => true;

    /// <inheritdoc/>
    public string MachineName => "alpha";

    /// <inheritdoc/>
    public string Platform => AlphaProcessor.Platform(guest.Cpu);

    /// <inheritdoc/>
    public LinuxLayouts Layouts => AlphaLayouts.Table;

    /// <inheritdoc/>
    public LinuxNumbers Numbers => AlphaNumbers.Table;

    /// <inheritdoc/>
    public ReadOnlySpan<Syscall> Syscalls => AlphaSyscallNumbers.Table;

    /// <summary>TASK_SIZE.</summary>
    public ulong AddressLimit => 1UL << 42;

    /// <summary>PER_LINUX, whatever was inherited.</summary>
    public uint PersonaOf(uint inherited, bool? executableStack) => 0;

    /// <summary>ELF_ET_DYN_BASE: TASK_UNMAPPED_BASE and 16 MiB.</summary>
    public ulong PieBase => (AddressLimit / 2) + 0x100_0000;

    /// <inheritdoc/>
    public int MinimumSignalStack => Numbers.SmallestSignalStack;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> SignalTrampoline => s_trampoline;

    /// <inheritdoc/>
    public (ulong Hwcap, ulong Hwcap2) Capabilities(CpuModel cpu) => (AlphaProcessor.Capabilities(cpu), 0);

    /// <inheritdoc/>
    public SyscallRequest ReadSyscall(Vcpu vcpu)
    {
        SyscallArguments arguments = default;
        for (var i = 0; i < 6; i++)
        {
            arguments[i] = _registers.R(vcpu, AlphaRegisters.FirstArgument + i);
        }

        var number = _registers.R(vcpu, AlphaRegisters.Value);
        return new SyscallRequest(number, ((ILinuxAbi)this).Find(number), arguments);
    }

    /// <inheritdoc/>
    public void WriteResult(Vcpu vcpu, Syscall syscall, long result)
    {
        var failed = result is < 0 and >= -Errno.Largest;
        _registers.R(vcpu, AlphaRegisters.Value) = failed ? (ulong)Numbers.Errors.ToGuest((int)-result) : (ulong)result;
        _registers.R(vcpu, AlphaRegisters.Failure) = failed ? 1UL : 0;
        _registers.Return(vcpu, _registers.Pc(vcpu));
    }

    /// <inheritdoc/>
    public void WriteSecondResult(Vcpu vcpu, ulong value) => _registers.R(vcpu, AlphaRegisters.SecondValue) = value;

    /// <inheritdoc/>
    long ILinuxAbi.Call(LinuxThread thread, in SyscallRequest request) => AlphaCalls.Call(thread, _registers, request);

    /// <inheritdoc/>
    public void RestartSyscall(Vcpu vcpu, in SyscallRequest request)
    {
        _registers.R(vcpu, AlphaRegisters.Value) = request.Number;
        _registers.R(vcpu, AlphaRegisters.Failure) = request.Arguments[AlphaRegisters.Failure - AlphaRegisters.FirstArgument];
        _registers.Pc(vcpu) -= InstructionBytes;
    }

    /// <inheritdoc/>
    public void StartProgram(Vcpu vcpu, ulong entry, ulong stackPointer)
    {
        _registers.Return(vcpu, entry);
        _registers.R(vcpu, AlphaRegisters.StackPointer) = stackPointer;
        _registers.SetFpcr(vcpu, AlphaFloatControl.Initial);
    }

    /// <inheritdoc/>
    public bool StartClone(Vcpu vcpu, IUserMemory memory, ulong stackPointer, bool setTls, ulong tls)
    {
        // The child's second result is 1, as OSF/1's fork has it.
        WriteResult(vcpu, Syscall.Clone, 0);
        WriteSecondResult(vcpu, 1);
        if (stackPointer != 0)
        {
            _registers.R(vcpu, AlphaRegisters.StackPointer) = stackPointer;
        }

        if (setTls)
        {
            _registers.Unique(vcpu) = tls;
        }

        return true;
    }

    /// <inheritdoc/>
    public ulong StackPointer(Vcpu vcpu) => _registers.R(vcpu, AlphaRegisters.StackPointer);

    /// <summary>The generic order: flags, stack, parent_tid, child_tid, tls.</summary>
    public CloneArguments ReadClone(in SyscallRequest request)
    {
        var a = request.Arguments;
        return new CloneArguments(a[0] & ~0xFFUL, a[1], a[2], a[3], a[4], Numbers.Signals.ToHost((int)(a[0] & 0xFF)));
    }

    /// <inheritdoc/>
    public SignalInfo ExceptionSignal(Vcpu vcpu, in GuestException exception) => AlphaTraps.Signal(_registers, vcpu, exception);

    /// <inheritdoc/>
    public bool PushSignalFrame(Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request) =>
        AlphaSignalFrame.Push(_registers, vcpu, memory, request);

    /// <inheritdoc/>
    public bool PopSignalFrame(Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state) =>
        AlphaSignalFrame.Pop(_registers, vcpu, memory, syscall, out state);
}
