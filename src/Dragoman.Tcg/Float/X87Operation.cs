namespace Dragoman.Tcg.Float;

/// <summary>What an x87 op computes, and of the basic arithmetic and FCOM what its second operand is; see <see cref="X87Word"/>.</summary>
[Flags]
public enum X87Operation
{
    /// <summary>FADD.</summary>
    Add,

    /// <summary>FSUB.</summary>
    Subtract,

    /// <summary>FSUBR: the second operand less the first.</summary>
    SubtractReversed,

    /// <summary>FMUL.</summary>
    Multiply,

    /// <summary>FDIV.</summary>
    Divide,

    /// <summary>FDIVR: the second operand divided by the first.</summary>
    DivideReversed,

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

    /// <summary>The operation's number, without what its second operand is.</summary>
    NumberMask = 63,

    /// <summary>The second operand is a single in bits 31:0.</summary>
    WithSingle = 64,

    /// <summary>The second operand is a double in bits 63:0.</summary>
    WithDouble = 128,
}
