using Dragoman.Linux.Abi.X86;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// i386 Linux, as a 64-bit kernel has it: INT 80H with the number in eax and arguments in ebx, ecx, edx, esi, edi, ebp; the result in eax.
/// </summary>
public sealed class I386LinuxAbi(IGuest guest) : ILinuxAbi
{
    // pop eax; mov eax, 119; int 80h: what the vDSO has as __kernel_sigreturn; and mov eax, 173; int 80h. Unwinders know them by these bytes.
    private static readonly byte[] s_trampoline =
        [0x58, 0xB8, 0x77, 0x00, 0x00, 0x00, 0xCD, 0x80, 0xB8, 0xAD, 0x00, 0x00, 0x00, 0xCD, 0x80];

    private static readonly int[] s_arguments =
        [X86Registers.Bx, X86Registers.Cx, X86Registers.Dx, X86Registers.Si, X86Registers.Di, X86Registers.Bp];

    // Of each call the arguments that two registers hold, by the letters of its signature: bit n for argument n, and 16 + n for high halves.
    private static readonly uint[] s_wide = [.. I386SyscallNumbers.Table.ToArray().Select(WideArguments)];

    /// <summary>Of INT n.</summary>
    private const ulong InstructionBytes = 2;

    /// <summary>__USER32_CS, __USER_DS.</summary>
    internal const ushort CodeSegment = 0x23, DataSegment = 0x2B;

    private const int HighHalf = 16;

    private readonly I386Segments _segments = new(guest);
    private readonly X86Registers _registers = new(guest);

    /// <inheritdoc/>
    public int ElfMachine => 3;

    /// <inheritdoc/>
    public bool Is64Bit => false;

    /// <inheritdoc/>
    public string MachineName => "i686";

    /// <inheritdoc/>
    public string Platform => "i686";

    /// <inheritdoc/>
    public LinuxLayouts Layouts => I386Layouts.Table;

    /// <summary>Generic, but that no limit is all ones of 32 bits.</summary>
    public LinuxNumbers Numbers { get; } = new() { NoLimit = uint.MaxValue };

    /// <inheritdoc/>
    public ReadOnlySpan<Syscall> Syscalls => I386SyscallNumbers.Table;

    /// <summary>IA32_PAGE_OFFSET, but for the last two pages.</summary>
    public ulong AddressLimit => 1UL << 32;

    /// <summary>A program that says nothing of its stack is of a time when all that could be read could be executed.</summary>
    public uint PersonaOf(uint inherited, bool? executableStack) => executableStack is null ? inherited | LinuxProcess.ReadImpliesExecute : inherited;

    /// <summary>ELF_ET_DYN_BASE without randomization.</summary>
    public ulong PieBase => 0x5655_5000;

    /// <inheritdoc/>
    public int MinimumSignalStack => I386SignalFrame.LargestSize(_registers);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> SignalTrampoline => s_trampoline;

    /// <inheritdoc/>
    public (ulong Hwcap, ulong Hwcap2) Capabilities(CpuModel cpu) => X86Hwcap.Of(cpu);

    /// <inheritdoc/>
    public SyscallRequest ReadSyscall(Vcpu vcpu)
    {
        SyscallArguments arguments = default;
        for (var i = 0; i < s_arguments.Length; i++)
        {
            arguments[i] = (uint)_registers.R(vcpu, s_arguments[i]);
        }

        ulong number = (uint)_registers.R(vcpu, X86Registers.Ax);
        if (number < (ulong)s_wide.Length && s_wide[number] is not 0 and var wide)
        {
            Join(ref arguments, wide);
        }

        return new SyscallRequest(number, ((ILinuxAbi)this).Find(number), arguments, I386SyscallNumbers.HasWideTimes(number));
    }

    /// <inheritdoc/>
    public void WriteResult(Vcpu vcpu, Syscall syscall, long result) => _registers.R(vcpu, X86Registers.Ax) = (uint)result;

    /// <inheritdoc/>
    long ILinuxAbi.Call(LinuxThread thread, in SyscallRequest request) => I386Calls.Call(thread, _segments, request);

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
        _segments.Start(vcpu);
    }

    /// <inheritdoc/>
    public bool StartClone(Vcpu vcpu, IUserMemory memory, ulong stackPointer, bool setTls, ulong tls)
    {
        _registers.R(vcpu, X86Registers.Ax) = 0;
        if (stackPointer != 0)
        {
            _registers.R(vcpu, X86Registers.Sp) = stackPointer;
        }

        return !setTls || _segments.Set(vcpu, memory, tls, mayChoose: false) == 0;
    }

    /// <inheritdoc/>
    public ulong StackPointer(Vcpu vcpu) => _registers.R(vcpu, X86Registers.Sp);

    /// <summary>CONFIG_CLONE_BACKWARDS: flags, stack, parent_tid, tls, child_tid.</summary>
    public CloneArguments ReadClone(in SyscallRequest request)
    {
        var a = request.Arguments;
        return new CloneArguments(a[0] & ~0xFFUL, a[1], a[2], a[4], a[3], (int)(a[0] & 0xFF));
    }

    /// <inheritdoc/>
    public SignalInfo ExceptionSignal(Vcpu vcpu, in GuestException exception) => X86Exceptions.Signal(exception, _registers.Pc(vcpu), is64: false, _registers.ChecksAlignment(vcpu));

    /// <inheritdoc/>
    public bool PushSignalFrame(Vcpu vcpu, IUserMemory memory, in SignalFrameRequest request) =>
        I386SignalFrame.Push(_registers, _segments, vcpu, memory, request);

    /// <inheritdoc/>
    public bool PopSignalFrame(Vcpu vcpu, IUserMemory memory, Syscall syscall, out SignalFrameState state) =>
        I386SignalFrame.Pop(_registers, _segments, vcpu, memory, syscall, out state);

    private static uint WideArguments(Syscall syscall)
    {
        uint wide = 0;
        var kinds = new SignatureArguments(syscall == Syscall.None ? "" : SyscallSignatures.Of(syscall) ?? "");
        while (kinds.MoveNext())
        {
            wide |= kinds.Kind switch { 'L' => 1U << kinds.Index, 'h' => 1U << (HighHalf + kinds.Index), _ => 0 };
        }

        return wide;
    }

    /// <summary>Makes one argument of two registers; those after it move down, unless the signature has a place for the high half.</summary>
    private static void Join(ref SyscallArguments arguments, uint wide)
    {
        for (var i = 0; i < s_arguments.Length - 1; i++)
        {
            if ((wide & (1U << (HighHalf + i + 1))) != 0)
            {
                arguments[i] |= arguments[i + 1] << 32;
            }
            else if ((wide & (1U << i)) != 0)
            {
                arguments[i] |= arguments[i + 1] << 32;
                for (var j = i + 1; j < s_arguments.Length - 1; j++)
                {
                    arguments[j] = arguments[j + 1];
                }
            }
        }
    }
}
