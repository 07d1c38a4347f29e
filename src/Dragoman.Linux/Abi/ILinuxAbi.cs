using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi;

/// <summary>
/// Everything about Linux that differs from one guest architecture to the next: numbers, layouts, register use. Immutable; any thread.
/// </summary>
public interface ILinuxAbi
{
    /// <summary>ELF <c>e_machine</c>.</summary>
    int ElfMachine { get; }

    /// <summary>True for ELFCLASS64.</summary>
    bool Is64Bit { get; }

    /// <summary>What uname's <c>machine</c> says.</summary>
    string MachineName { get; }

    /// <summary>AT_PLATFORM.</summary>
    string Platform { get; }

    /// <summary>Structures.</summary>
    LinuxLayouts Layouts { get; }

    /// <summary>Numbers and flag bits.</summary>
    LinuxNumbers Numbers { get; }

    /// <summary>The call of each guest number, <see cref="Syscall.None"/> in gaps.</summary>
    ReadOnlySpan<Syscall> Syscalls { get; }

    /// <summary>Highest guest address that user programs get, exclusive; a power of two.</summary>
    ulong AddressLimit { get; }

    /// <summary>Where a position-independent program goes.</summary>
    ulong PieBase { get; }

    /// <summary>
    /// personality(2) of a program that is executed (SET_PERSONALITY and elf_read_implies_exec of the machine's elf.h): one of 64 bits does not inherit READ_IMPLIES_EXEC.
    /// </summary>
    /// <param name="inherited">The program's before.</param>
    /// <param name="executableStack">What its PT_GNU_STACK asks for; null when it has none.</param>
    uint PersonaOf(uint inherited, bool? executableStack) => inherited & ~LinuxProcess.ReadImpliesExecute;

    /// <summary>The call that a guest number means, or <see cref="Syscall.None"/>.</summary>
    Syscall Find(ulong number) => number < (ulong)Syscalls.Length ? Syscalls[(int)number] : Syscall.None;

    /// <summary>AT_HWCAP and AT_HWCAP2 of a CPU model.</summary>
    (ulong Hwcap, ulong Hwcap2) Capabilities(CpuModel cpu);

    /// <summary>AT_MINSIGSTKSZ.</summary>
    int MinimumSignalStack { get; }

    /// <summary>Machine code of the signal return trampoline, mapped once per process.</summary>
    ReadOnlySpan<byte> SignalTrampoline { get; }

    /// <summary>The call and arguments of a system call that was just made.</summary>
    SyscallRequest ReadSyscall(Vcpu vcpu);

    /// <summary>Stores a result: a value, or a negated host errno from -4095 to -1.</summary>
    void WriteResult(Vcpu vcpu, Syscall syscall, long result);

    /// <summary>Stores the second result of a call that has two registers for them.</summary>
    void WriteSecondResult(Vcpu vcpu, ulong value) => throw new NotSupportedException($"{MachineName} calls have one result");

    /// <summary>Carries out a call that only this machine has; results as <see cref="SyscallDispatcher.Call"/> gives them.</summary>
    internal long Call(LinuxThread thread, in SyscallRequest request) => SyscallDispatcher.Missing(thread, request);

    /// <summary>Makes the vCPU run the system call instruction again with its first arguments.</summary>
    void RestartSyscall(Vcpu vcpu, in SyscallRequest request);

    /// <summary>Registers of a fresh program.</summary>
    void StartProgram(Vcpu vcpu, ulong entry, ulong stackPointer);

    /// <summary>Registers of a thread or process that clone made, whose state was copied from its parent.</summary>
    /// <returns>False when <paramref name="tls"/> names none.</returns>
    bool StartClone(Vcpu vcpu, IUserMemory memory, ulong stackPointer, bool setTls, ulong tls);

    /// <summary>The stack pointer.</summary>
    ulong StackPointer(Vcpu vcpu);

    /// <summary>Arguments of the raw clone call, whose order differs between machines.</summary>
    CloneArguments ReadClone(in SyscallRequest request);

    /// <summary>The signal that an exception other than a system call means; number 0 where the kernel lets the program go on.</summary>
    SignalInfo ExceptionSignal(Vcpu vcpu, in GuestException exception);

    /// <summary>Writes a signal frame to the guest's stack and points the vCPU at the handler.</summary>
    /// <returns>False when the stack cannot be written.</returns>
    bool PushSignalFrame(Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request);

    /// <summary>Takes a signal frame off the stack.</summary>
    /// <param name="vcpu">Whose registers are restored.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="syscall"><see cref="Syscall.RtSigreturn"/>, or <see cref="Syscall.Sigreturn"/> for the frame without siginfo.</param>
    /// <param name="state">What else the frame holds.</param>
    /// <returns>False when it cannot be read or is not a frame.</returns>
    bool PopSignalFrame(Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state);
}

/// <summary>A system call as the guest made it.</summary>
/// <param name="Number">The guest's number.</param>
/// <param name="Syscall">What it means, or <see cref="Syscall.None"/>.</param>
/// <param name="Arguments">As they were in the registers; what two registers of a 32-bit guest hold is one argument.</param>
/// <param name="HasWideTimes">True for the forms of a 32-bit guest's calls whose seconds are 64 bits.</param>
public readonly record struct SyscallRequest(ulong Number, Syscall Syscall, SyscallArguments Arguments, bool HasWideTimes = false);

/// <summary>Arguments of clone in one order.</summary>
/// <param name="Flags">CLONE_ bits, without the exit signal.</param>
/// <param name="Stack">The child's stack pointer; 0 keeps the parent's.</param>
/// <param name="ParentTid">Where the parent has the child's id.</param>
/// <param name="ChildTid">Where the child has it.</param>
/// <param name="Tls">Thread-local storage.</param>
/// <param name="ExitSignal">What the parent is told the child's end by, in this room's numbers; 0 for none.</param>
/// <param name="PidFdAddress">Where the parent has a descriptor of the child.</param>
public readonly record struct CloneArguments(ulong Flags, ulong Stack, ulong ParentTid, ulong ChildTid, ulong Tls, int ExitSignal, ulong PidFdAddress = 0);

/// <summary>What a signal frame is made of besides the registers.</summary>
/// <param name="Info">siginfo, with the guest's numbers.</param>
/// <param name="Action">The disposition that is run; its flags are the host's.</param>
/// <param name="Mask">The mask that sigreturn restores, with the guest's numbers.</param>
/// <param name="Stack">The alternate stack as it was set.</param>
/// <param name="StackTop">Where to push: the current stack pointer, or the end of the alternate stack.</param>
/// <param name="Restorer">Address of the trampoline.</param>
/// <param name="FaultAddress">Address of a fault, for the context.</param>
/// <param name="Fault">The exception that the signal is for, for the context; none when it was sent.</param>
public readonly record struct SignalFrameRequest(
    SignalInfo Info, SignalAction Action, ulong Mask, AlternateStack Stack, ulong StackTop, ulong Restorer, ulong FaultAddress, GuestException Fault = default);

/// <summary>What sigreturn gives back besides the registers.</summary>
/// <param name="Mask">The mask, with the guest's numbers.</param>
/// <param name="Stack">The alternate stack; null where the frame has none.</param>
public readonly record struct SignalFrameState(ulong Mask, AlternateStack? Stack);
