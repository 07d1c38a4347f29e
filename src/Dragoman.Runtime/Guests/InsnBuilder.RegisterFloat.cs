using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Floating point in register formats. Each op may leave a pending exception, which is looked for where the guest's environment says that traps come.
public unsafe partial class InsnBuilder
{
    private bool _mayTrapAfter;

    public Temp RAdd(RegisterFormat format, Temp a, Temp b, FpTrap trap, FpRounding rounding) => Trapping(_tcg.RAdd(a, b, (int)format, (int)trap, rounding));

    public Temp RSub(RegisterFormat format, Temp a, Temp b, FpTrap trap, FpRounding rounding) => Trapping(_tcg.RSub(a, b, (int)format, (int)trap, rounding));

    public Temp RMul(RegisterFormat format, Temp a, Temp b, FpTrap trap, FpRounding rounding) => Trapping(_tcg.RMul(a, b, (int)format, (int)trap, rounding));

    public Temp RDiv(RegisterFormat format, Temp a, Temp b, FpTrap trap, FpRounding rounding) => Trapping(_tcg.RDiv(a, b, (int)format, (int)trap, rounding));

    public Temp RSqrt(RegisterFormat format, Temp a, FpTrap trap, FpRounding rounding) => Trapping(_tcg.RSqrt(a, (int)format, (int)trap, rounding));

    /// <summary>Converts between register formats.</summary>
    public Temp RCvt(RegisterFormat to, RegisterFormat from, Temp a, FpTrap trap, FpRounding rounding)
        => Trapping(_tcg.RCvt(a, (int)to | (int)from << 4, (int)trap, rounding));

    /// <summary>To a signed 64-bit integer, or the low 64 bits of one that does not fit.</summary>
    public Temp RToSi(RegisterFormat format, Temp a, FpTrap trap, FpRounding rounding) => Trapping(_tcg.R2I(a, (int)format, (int)trap, rounding));

    /// <summary>From a signed 64-bit integer.</summary>
    public Temp SiToR(RegisterFormat format, Temp a, FpTrap trap, FpRounding rounding) => Trapping(_tcg.I2R(a, (int)format, (int)trap, rounding));

    /// <summary>Whether a relation holds.</summary>
    public Temp RCmp(RegisterFormat format, RegisterRelation relation, Temp a, Temp b, FpTrap trap)
        => Trapping(_tcg.RCmp(a, b, (int)format, (int)trap, (int)relation));

    private Temp Trapping(Temp result)
    {
        if (_layout.FpEnvironment?.TrapsAfter == true)
        {
            _mayTrapAfter = true;
        }
        else
        {
            _tcg.RaisePending(_context.Pc, 0);
        }

        return result;
    }
}
