namespace Dragoman.Tcg.Float;

/// <summary>What a conversion to an integer gives when the value does not fit; Invalid is raised in each case.</summary>
public enum IntegerOverflow
{
    /// <summary>The nearest representable integer; 0 for a NaN (Arm ARM, FPToFixed).</summary>
    Saturate,

    /// <summary>The value modulo 2^width; 0 for a NaN or an infinity (Alpha CVTTQ, Arm FJCVTZS).</summary>
    Wrap,

    /// <summary>The integer indefinite: only the sign bit set, or all ones when unsigned (Intel SDM vol. 1, 4.8.3.7).</summary>
    Indefinite,
}
