namespace Dragoman.Tcg.Float;

/// <summary>What an x87 op computes; see <see cref="X87Word"/>.</summary>
public enum X87Operation
{
    /// <summary>FADD.</summary>
    Add,

    /// <summary>FSUB.</summary>
    Subtract,

    /// <summary>FMUL.</summary>
    Multiply,

    /// <summary>FDIV.</summary>
    Divide,

    /// <summary>FSQRT.</summary>
    Sqrt,

    /// <summary>FCOM: C3, C2, C0.</summary>
    Compare,

    /// <summary>FUCOM.</summary>
    CompareQuiet,

    /// <summary>FRNDINT.</summary>
    Round,

    /// <summary>FXTRACT's exponent.</summary>
    Exponent,

    /// <summary>FXTRACT's significand.</summary>
    Significand,

    /// <summary>An operand that is a single: a signalling NaN stays one, and is left to the operation that follows.</summary>
    Widen32,

    /// <summary>An operand that is a double.</summary>
    Widen64,

    /// <summary>FLD of a single.</summary>
    From32,

    /// <summary>FLD of a double.</summary>
    From64,

    /// <summary>FST to a single.</summary>
    To32,

    /// <summary>FST to a double.</summary>
    To64,

    /// <summary>FILD: of an integer of 64 bits.</summary>
    FromInteger,

    /// <summary>FBLD.</summary>
    FromBcd,

    /// <summary>FBSTP.</summary>
    ToBcd,

    /// <summary>FIST.</summary>
    ToInt16,

    /// <inheritdoc cref="ToInt16"/>
    ToInt32,

    /// <inheritdoc cref="ToInt16"/>
    ToInt64,

    /// <summary>FISTTP.</summary>
    Truncate16,

    /// <inheritdoc cref="Truncate16"/>
    Truncate32,

    /// <inheritdoc cref="Truncate16"/>
    Truncate64,

    /// <summary>FPREM.</summary>
    Remainder,

    /// <summary>FPREM1.</summary>
    RemainderNearest,

    /// <summary>FSCALE.</summary>
    Scale,

    /// <summary>F2XM1.</summary>
    Exp2M1,

    /// <summary>FYL2X: the second operand times the first one's logarithm.</summary>
    Log2,

    /// <summary>FYL2XP1.</summary>
    Log2P1,

    /// <summary>FPATAN: the angle of the point with the second operand as y, the first as x.</summary>
    ArcTangent,

    /// <summary>FSIN.</summary>
    Sin,

    /// <summary>FCOS.</summary>
    Cos,

    /// <summary>FPTAN.</summary>
    Tan,
}
