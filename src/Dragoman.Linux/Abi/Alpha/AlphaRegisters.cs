using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>Where the registers that user mode needs are in the vCPU block, found once by the manual's names.</summary>
internal sealed unsafe class AlphaRegisters
{
    /// <summary>v0: the system call's number, and its result.</summary>
    public const int Value = 0;

    /// <summary>a0, the first of six arguments.</summary>
    public const int FirstArgument = 16;

    /// <summary>a3: nonzero when a system call has failed.</summary>
    public const int Failure = 19;

    /// <summary>a4: the second result.</summary>
    public const int SecondValue = 20;

    /// <summary>ra, pv (the address of the procedure that runs) and sp.</summary>
    public const int ReturnAddress = 26, Procedure = 27, StackPointer = 30;

    /// <summary>Bits of <see cref="Unaligned"/> (asm/sysinfo.h, UAC_NOFIX and UAC_SIGBUS): to skip the access, to raise SIGBUS.</summary>
    public const ulong NoFix = 2, BusError = 4;

    private const int Count = 31;

    private readonly int[] _integer = new int[Count];
    private readonly int[] _floating = new int[Count];
    private readonly int _pc;
    private readonly int _unique;
    private readonly int _fpcr;
    private readonly int _control;
    private readonly int _unaligned;
    private readonly int _flag;
    private readonly FpEnvironmentLayout? _environment;

    public AlphaRegisters(IGuest guest)
    {
        var places = guest.Registers.ToDictionary(register => register.Name, register => register.Offset, StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            _integer[i] = places[$"R{i}"];
            _floating[i] = places[$"F{i}"];
        }

        _pc = guest.PcOffset;
        _unique = places["UNIQUE"];
        _fpcr = places["FPCR"];
        _control = places["IEEE_SWCR"];
        _unaligned = places["UAC"];
        _flag = places["INTR"];
        _environment = guest.FpEnvironment;
    }

    public ref ulong R(Vcpu vcpu, int index) => ref *(ulong*)(vcpu.Env + _integer[index]);

    public ref ulong F(Vcpu vcpu, int index) => ref *(ulong*)(vcpu.Env + _floating[index]);

    public ref ulong Pc(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _pc);

    /// <summary>Goes to an address, as PALcode returns from an exception or a call: without its low bits, and with the flag of RC and RS cleared (4.12).</summary>
    public void Return(Vcpu vcpu, ulong address)
    {
        Pc(vcpu) = address & ~3UL;
        *(ulong*)(vcpu.Env + _flag) = 0;
    }

    public ref ulong Unique(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _unique);

    /// <summary>What is done about a misaligned access: the bits of osf_setsysinfo(SSIN_UACPROC).</summary>
    public ref ulong Unaligned(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _unaligned);

    /// <summary>The floating-point control register (Architecture Reference Manual 4.7.8).</summary>
    public ulong GetFpcr(Vcpu vcpu)
    {
        _environment?.Store(vcpu.Env);
        return *(ulong*)(vcpu.Env + _fpcr);
    }

    /// <summary>Sets it, as MT_FPCR does: bits 47:0 are not there.</summary>
    public void SetFpcr(Vcpu vcpu, ulong value)
    {
        *(ulong*)(vcpu.Env + _fpcr) = value & 0xFFFF_0000_0000_0000;
        _environment?.Load(vcpu.Env);
    }

    /// <summary>The software's control word without its status bits, which FPCR has. Whoever writes it sets FPCR afterwards.</summary>
    public ref ulong Control(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _control);
}
