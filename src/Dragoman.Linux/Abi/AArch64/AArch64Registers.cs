using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.AArch64;

/// <summary>Where the registers that user mode needs are in the vCPU block, found once by the manual's names.</summary>
internal sealed unsafe class AArch64Registers
{
    private readonly int[] _x = new int[31];
    private readonly int[] _v = new int[32];
    private readonly (int Offset, int Size)[] _flags = new (int, int)[4];
    private readonly int _sp;
    private readonly int _pc;
    private readonly int _tls;
    private readonly (int Offset, int Size) _fpcr;
    private readonly (int Offset, int Size) _fpsr;

    public AArch64Registers(IGuest guest)
    {
        var byName = new Dictionary<string, GuestRegister>(guest.Registers.Count, StringComparer.Ordinal);
        foreach (var register in guest.Registers)
        {
            byName[register.Name] = register;
        }

        for (var i = 0; i < 31; i++)
        {
            _x[i] = byName[$"X{i}"].Offset;
        }

        for (var i = 0; i < 32; i++)
        {
            _v[i] = byName[$"V{i}"].Offset;
        }

        var flagNames = "NZCV";
        for (var i = 0; i < 4; i++)
        {
            _flags[i] = Place(byName, $"NZCV.{flagNames[i]}");
        }

        _sp = byName["SP"].Offset;
        _pc = guest.PcOffset;
        _tls = byName["TPIDR_EL0"].Offset;
        _fpcr = Place(byName, "FPCR");
        _fpsr = Place(byName, "FPSR");
    }

    public ref ulong X(Vcpu vcpu, int index) => ref *(ulong*)(vcpu.Env + _x[index]);

    public ref ulong Sp(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _sp);

    public ref ulong Pc(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _pc);

    public ref ulong Tls(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _tls);

    public Span<byte> V(Vcpu vcpu, int index) => new(vcpu.Env + _v[index], 16);

    /// <summary>PSTATE as SPSR shows it: NZCV in bits 31 to 28, EL0.</summary>
    public ulong GetPstate(Vcpu vcpu)
    {
        var pstate = 0UL;
        for (var i = 0; i < 4; i++)
        {
            pstate |= (Get(vcpu, _flags[i]) & 1) << (31 - i);
        }

        return pstate;
    }

    public void SetPstate(Vcpu vcpu, ulong pstate)
    {
        for (var i = 0; i < 4; i++)
        {
            Set(vcpu, _flags[i], (pstate >> (31 - i)) & 1);
        }
    }

    public uint GetFpcr(Vcpu vcpu) => (uint)Get(vcpu, _fpcr);

    /// <summary>FPSR: the cumulative bits are accumulated in the header by floating ops.</summary>
    public uint GetFpsr(Vcpu vcpu) => (uint)Get(vcpu, _fpsr) | ((uint)vcpu.Header->Fp.Exceptions & 0x9F);

    public void SetFpcr(Vcpu vcpu, uint value)
    {
        Set(vcpu, _fpcr, value);
        ref var fp = ref vcpu.Header->Fp;
        fp.Rounding = (FpRounding)((value >> 22) & 3);
        fp.FlushInputs = fp.FlushOutputs = (value & (1u << 24)) != 0;
        fp.DefaultNan = (value & (1u << 25)) != 0;
        fp.AlternativeHalf = (value & (1u << 26)) != 0;
    }

    public void SetFpsr(Vcpu vcpu, uint value)
    {
        Set(vcpu, _fpsr, value);
        vcpu.Header->Fp.Exceptions = (FpExceptions)(value & 0x9F);
    }

    private static (int Offset, int Size) Place(Dictionary<string, GuestRegister> byName, string name) =>
        (byName[name].Offset, byName[name].Size);

    private static ulong Get(Vcpu vcpu, (int Offset, int Size) place) => place.Size switch
    {
        1 => vcpu.Env[place.Offset],
        4 => *(uint*)(vcpu.Env + place.Offset),
        _ => *(ulong*)(vcpu.Env + place.Offset),
    };

    private static void Set(Vcpu vcpu, (int Offset, int Size) place, ulong value)
    {
        switch (place.Size)
        {
            case 1:
                vcpu.Env[place.Offset] = (byte)value;
                break;
            case 4:
                *(uint*)(vcpu.Env + place.Offset) = (uint)value;
                break;
            default:
                *(ulong*)(vcpu.Env + place.Offset) = value;
                break;
        }
    }
}
