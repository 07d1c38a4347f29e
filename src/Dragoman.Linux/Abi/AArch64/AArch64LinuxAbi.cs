using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.AArch64;

/// <summary>AArch64 Linux: x8 and x0 to x5 in, x0 out; 4 KiB pages; asm-generic numbers and structures with Arm's open flags.</summary>
public sealed class AArch64LinuxAbi(IGuest guest) : ILinuxAbi
{
    // mov x8, #139; svc #0: what the kernel's vDSO has as __kernel_rt_sigreturn. Unwinders know it by these two words.
    private static readonly byte[] s_trampoline = [0x68, 0x11, 0x80, 0xD2, 0x01, 0x00, 0x00, 0xD4];

    private readonly AArch64Registers _registers = new(guest);

    /// <inheritdoc/>
    public int ElfMachine => 183;

    /// <inheritdoc/>
    public bool Is64Bit => true;

    /// <inheritdoc/>
    public string MachineName => "aarch64";

    /// <inheritdoc/>
    public string Platform => "aarch64";

    /// <inheritdoc/>
    public LinuxLayouts Layouts => AArch64Layouts.Table;

    /// <summary>
    /// Generic but for arch/arm64/include/uapi/asm/fcntl.h (O_DIRECTORY, O_NOFOLLOW, O_DIRECT and O_LARGEFILE) and mman.h (PROT_BTI).
    /// </summary>
    public LinuxNumbers Numbers { get; } = new()
    {
        OpenFlags = new((0x4000, 0x10000), (0x8000, 0x20000), (0x10000, 0x4000), (0x20000, 0x8000)),
        Protections = 0x1F,
    };

    /// <inheritdoc/>
    public ReadOnlySpan<Syscall> Syscalls => AArch64SyscallNumbers.Table;

    /// <inheritdoc/>
    public ulong AddressLimit => 1UL << 46;

    /// <inheritdoc/>
    public ulong PieBase => 0x2AAA_AAAA_0000 & ~0xFFFFUL;

    /// <inheritdoc/>
    public int MinimumSignalStack => AArch64SignalFrame.Size + 16;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> SignalTrampoline => s_trampoline;

    /// <inheritdoc/>
    public (ulong Hwcap, ulong Hwcap2) Capabilities(CpuModel cpu) => ((ulong)AArch64Hwcaps.Of(cpu), 0);

    /// <inheritdoc/>
    public SyscallRequest ReadSyscall(Vcpu vcpu)
    {
        SyscallArguments arguments = default;
        for (var i = 0; i < 6; i++)
        {
            arguments[i] = _registers.X(vcpu, i);
        }

        // The kernel takes the number from w8.
        ulong number = (uint)_registers.X(vcpu, 8);
        return new SyscallRequest(number, ((ILinuxAbi)this).Find(number), arguments);
    }

    /// <inheritdoc/>
    public void WriteResult(Vcpu vcpu, Syscall syscall, long result) => _registers.X(vcpu, 0) = (ulong)result;

    /// <inheritdoc/>
    public void RestartSyscall(Vcpu vcpu, in SyscallRequest request)
    {
        _registers.X(vcpu, 0) = request.Arguments[0];
        _registers.Pc(vcpu) -= 4;
    }

    /// <inheritdoc/>
    public void StartProgram(Vcpu vcpu, ulong entry, ulong stackPointer)
    {
        _registers.Pc(vcpu) = entry;
        _registers.Sp(vcpu) = stackPointer;
    }

    /// <inheritdoc/>
    public bool StartClone(Vcpu vcpu, IUserMemory memory, ulong stackPointer, bool setTls, ulong tls)
    {
        _registers.X(vcpu, 0) = 0;
        if (stackPointer != 0)
        {
            _registers.Sp(vcpu) = stackPointer;
        }

        if (setTls)
        {
            _registers.Tls(vcpu) = tls;
        }

        return true;
    }

    /// <inheritdoc/>
    public ulong StackPointer(Vcpu vcpu) => _registers.Sp(vcpu);

    /// <summary>CONFIG_CLONE_BACKWARDS: flags, stack, parent_tid, tls, child_tid.</summary>
    public CloneArguments ReadClone(in SyscallRequest request)
    {
        var a = request.Arguments;
        return new CloneArguments(a[0] & ~0xFFUL, a[1], a[2], a[4], a[3], (int)(a[0] & 0xFF));
    }

    /// <inheritdoc/>
    public SignalInfo ExceptionSignal(Vcpu vcpu, in GuestException exception)
    {
        var pc = _registers.Pc(vcpu);
        return exception.Kind switch
        {
            ExceptionKind.Breakpoint => SignalInfo.Fault(SignalNumbers.Trap, 1, pc),
            ExceptionKind.IllegalInstruction => SignalInfo.Fault(SignalNumbers.Ill, 1, pc),
            ExceptionKind.MemoryFault => SignalInfo.Fault(exception.Signal, exception.SignalCode, exception.Address),
            ExceptionKind.AlignmentFault => SignalInfo.Fault(SignalNumbers.Bus, 1, exception.Address),
            ExceptionKind.PcAlignment => SignalInfo.Fault(SignalNumbers.Bus, 1, exception.Argument),
            ExceptionKind.Arithmetic => SignalInfo.Fault(SignalNumbers.Fpe, (int)exception.Argument, pc),
            _ => SignalInfo.Fault(SignalNumbers.Ill, 2, pc),
        };
    }

    /// <inheritdoc/>
    public bool PushSignalFrame(Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request) =>
        AArch64SignalFrame.Push(_registers, vcpu, memory, request);

    /// <inheritdoc/>
    public bool PopSignalFrame(Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state) =>
        AArch64SignalFrame.Pop(_registers, vcpu, memory, out state);
}
