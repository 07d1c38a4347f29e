namespace Dragoman.Tcg.Float;

/// <summary>Result of a comparison: the four exclusive relations of IEEE 754-2019, 5.11.</summary>
public enum FpRelation
{
    /// <summary>The first operand is less.</summary>
    Less = -1,

    /// <summary>The operands are equal (zeros of either sign are).</summary>
    Equal = 0,

    /// <summary>The first operand is greater.</summary>
    Greater = 1,

    /// <summary>An operand is a NaN.</summary>
    Unordered = 2,
}
