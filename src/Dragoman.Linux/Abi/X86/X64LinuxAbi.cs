using Dragoman.Linux.Abi.I386;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.X86;

/// <summary>x86-64 Linux: SYSCALL with the number in rax and arguments in rdi, rsi, rdx, r10, r8, r9; the result in rax.</summary>
public sealed class X64LinuxAbi(IGuest guest) : ILinuxAbi
{
    // mov rax, 15; syscall: what libc's __restore_rt is. Unwinders know it by these bytes.
    private static readonly byte[] s_trampoline = [0x48, 0xC7, 0xC0, 0x0F, 0x00, 0x00, 0x00, 0x0F, 0x05];

    private static readonly int[] s_arguments = [X86Registers.Di, X86Registers.Si, X86Registers.Dx, 10, 8, 9];

    /// <summary>Of SYSCALL and of INT n.</summary>
    private const ulong InstructionBytes = 2;

    /// <summary>__USER_CS, __USER_DS.</summary>
    private const ushort CodeSegment = 0x33, StackSegment = 0x2B;

    private readonly X86Registers _registers = new(guest);
    private readonly I386LinuxAbi _narrow = new(guest);

    /// <inheritdoc/>
    public int ElfMachine => 62;

    /// <inheritdoc/>
    public bool Is64Bit => true;

    /// <inheritdoc/>
    public string MachineName => "x86_64";

    /// <inheritdoc/>
    public string Platform => "x86_64";

    /// <inheritdoc/>
    public LinuxLayouts Layouts => X64Layouts.Table;

    /// <summary>Generic Linux, and MAP_32BIT; mprotect knows no bits of its own.</summary>
    public LinuxNumbers Numbers { get; } = new() { MapsLow = true };

    /// <inheritdoc/>
    public ReadOnlySpan<Syscall> Syscalls => X64SyscallNumbers.Table;

    /// <summary>TASK_SIZE, but for the page at its end.</summary>
    public ulong AddressLimit => 1UL << 47;

    /// <summary>ELF_ET_DYN_BASE without randomization, where memory reaches so far; elsewhere it is found room.</summary>
    public ulong PieBase => 0x5555_5555_4000;

    /// <inheritdoc/>
    public int MinimumSignalStack => X64SignalFrame.LargestSize(_registers);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> SignalTrampoline => s_trampoline;

    /// <inheritdoc/>
    public (ulong Hwcap, ulong Hwcap2) Capabilities(CpuModel cpu) => X86Hwcap.Of(cpu);

    /// <summary>SYSCALL's; INT 80H is the 32-bit kernel's entry (<see cref="X64NarrowCalls"/>).</summary>
    public unsafe SyscallRequest ReadSyscall(Vcpu vcpu)
    {
        const ulong Int80 = 0x80;
        if (vcpu.Header->ExceptionArg == Int80)
        {
            return X64NarrowCalls.Translate(_narrow.ReadSyscall(vcpu));
        }

        SyscallArguments arguments = default;
        for (var i = 0; i < s_arguments.Length; i++)
        {
            arguments[i] = _registers.R(vcpu, s_arguments[i]);
        }

        ulong number = (uint)_registers.R(vcpu, X86Registers.Ax);
        return new SyscallRequest(number, ((ILinuxAbi)this).Find(number), arguments);
    }

    /// <inheritdoc/>
    public void WriteResult(Vcpu vcpu, Syscall syscall, long result) => _registers.R(vcpu, X86Registers.Ax) = (ulong)result;

    /// <inheritdoc/>
    long ILinuxAbi.Call(LinuxThread thread, in SyscallRequest request) => X64Calls.Call(thread, _registers, request);

    /// <inheritdoc/>
    public void RestartSyscall(Vcpu vcpu, in SyscallRequest request)
    {
        _registers.R(vcpu, X86Registers.Ax) = request.Number;
        _registers.Pc(vcpu) -= InstructionBytes;
    }

    /// <inheritdoc/>
    public void StartProgram(Vcpu vcpu, ulong entry, ulong stackPointer)
    {
        _registers.Pc(vcpu) = entry;
        _registers.R(vcpu, X86Registers.Sp) = stackPointer;
        _registers.Segment(vcpu, X86Registers.Cs) = CodeSegment;
        _registers.Segment(vcpu, X86Registers.Ss) = StackSegment;
    }

    /// <inheritdoc/>
    public bool StartClone(Vcpu vcpu, IUserMemory memory, ulong stackPointer, bool setTls, ulong tls)
    {
        _registers.R(vcpu, X86Registers.Ax) = 0;
        if (stackPointer != 0)
        {
            _registers.R(vcpu, X86Registers.Sp) = stackPointer;
        }

        if (setTls)
        {
            _registers.FsBase(vcpu) = tls;
        }

        return true;
    }

    /// <inheritdoc/>
    public ulong StackPointer(Vcpu vcpu) => _registers.R(vcpu, X86Registers.Sp);

    /// <summary>The generic order: flags, stack, parent_tid, child_tid, tls.</summary>
    public CloneArguments ReadClone(in SyscallRequest request)
    {
        var a = request.Arguments;
        return new CloneArguments(a[0] & ~0xFFUL, a[1], a[2], a[3], a[4], (int)(a[0] & 0xFF));
    }

    /// <inheritdoc/>
    public SignalInfo ExceptionSignal(Vcpu vcpu, in GuestException exception) => X86Exceptions.Signal(exception, _registers.Pc(vcpu), is64: true, _registers.ChecksAlignment(vcpu));

    /// <inheritdoc/>
    public bool PushSignalFrame(Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request) =>
        X64SignalFrame.Push(_registers, vcpu, memory, request);

    /// <inheritdoc/>
    public bool PopSignalFrame(Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state) =>
        X64SignalFrame.Pop(_registers, vcpu, memory, out state);
}
