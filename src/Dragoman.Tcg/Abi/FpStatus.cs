using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// The floating-point environment that floating ops read and accumulate into: sixteen bytes in the vCPU block, owned by the vCPU's thread.
/// The first eight decide whether the host may compute, and are read as one word.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct FpStatus
{
    /// <summary>Rounding direction.</summary>
    [FieldOffset(0)] public FpRounding Rounding;

    /// <summary>Denormal inputs are read as zeros of their sign.</summary>
    [FieldOffset(1)] public bool FlushInputs;

    /// <summary>Results that are tiny are flushed to zero.</summary>
    [FieldOffset(2)] public bool FlushOutputs;

    /// <summary>A NaN result is the default NaN, whatever its operands.</summary>
    [FieldOffset(3)] public bool DefaultNan;

    /// <summary>How NaN operands propagate, and what the default NaN is.</summary>
    [FieldOffset(4)] public FpNanRule NanRule;

    /// <summary>Cumulative exceptions.</summary>
    [FieldOffset(5)] public FpExceptions Exceptions;

    /// <summary>Half precision uses Arm's alternative format (no infinities or NaNs).</summary>
    [FieldOffset(6)] public bool AlternativeHalf;

    /// <summary>
    /// Half-precision arithmetic flushes denormal inputs and tiny results (Arm FPCR.FZ16). The other two flush fields do not concern
    /// half precision, and this one does not concern conversions.
    /// </summary>
    [FieldOffset(7)] public bool FlushHalf;

    /// <summary>Exceptions that the program has asked to be told of, as far as <see cref="Masked"/> lets them through. Only ops with traps look.</summary>
    [FieldOffset(8)] public FpExceptions Enabled;

    /// <summary>Exceptions that the control register keeps from trapping.</summary>
    [FieldOffset(9)] public FpExceptions Masked;

    /// <summary>Denormal operands that are computed with are reported (x86's SSE): <see cref="FpExceptions.DenormalOperand"/>.</summary>
    [FieldOffset(10)] public bool ReportsDenormals;

    /// <summary>
    /// Whether a result is called tiny by its value before rounding (Arm) or after it (x86; Alpha ARM 4.7.8). IEEE 754-2019, 7.5
    /// leaves the choice to the architecture, so the NaN rule, which names the architecture, decides.
    /// </summary>
    public readonly bool TininessBeforeRounding => NanRule == FpNanRule.Arm;
}

/// <summary>Rounding direction (IEEE 754-2019, 4.3), with round-to-odd for narrowing (Arm FCVTXN).</summary>
public enum FpRounding : byte
{
    /// <summary>To nearest, ties to even.</summary>
    NearestEven = 0,

    /// <summary>Toward +infinity. The numbers 0 to 3 are those of Arm's FPCR.RMode.</summary>
    Up = 1,

    /// <summary>Toward -infinity.</summary>
    Down = 2,

    /// <summary>Toward zero.</summary>
    Zero = 3,

    /// <summary>To nearest, ties away from zero.</summary>
    NearestAway = 4,

    /// <summary>To odd (von Neumann).</summary>
    Odd = 5,

    /// <summary>In an op: whatever <see cref="FpStatus.Rounding"/> says.</summary>
    Dynamic = 7,
}

/// <summary>Cumulative exception bits, in the positions of Arm's FPSR.</summary>
[Flags]
public enum FpExceptions : byte
{
    None = 0,
    Invalid = 1,
    DivideByZero = 2,
    Overflow = 4,
    Underflow = 8,
    Inexact = 16,

    /// <summary>A conversion to an integer did not fit (Alpha FPCR.IOV). Where Linux's control word is meant, a denormal operand (DNO), as on x86.</summary>
    IntegerOverflow = 32,

    /// <summary>A denormal operand was computed with (x86 MXCSR.DE): on x86, which has no <see cref="IntegerOverflow"/>.</summary>
    DenormalOperand = IntegerOverflow,

    /// <summary>A denormal operand was flushed to zero (Arm FPSR.IDC).</summary>
    InputDenormal = 128,
}

/// <summary>NaN propagation and default NaN of an architecture.</summary>
public enum FpNanRule : byte
{
    /// <summary>Arm ARM, FPProcessNaNs: first signalling operand, else first quiet one, quietened; default positive. (fma: addend first, see FPProcessNaNs3.)</summary>
    Arm = 0,

    /// <summary>Intel SDM vol. 1, 4.8.3.5, SSE rows: the first operand if it is a NaN, else the second; default negative.</summary>
    X86Sse = 1,

    /// <summary>Alpha ARM 4.7.10.4: the quietened operand Fb if it is a NaN, else Fa; default negative.</summary>
    Alpha = 2,

    /// <summary>Intel SDM vol. 1, 4.8.3.5, x87 rows: the larger significand.</summary>
    X87 = 3,
}
