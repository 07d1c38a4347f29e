namespace Dragoman.Tcg.Float;

/// <summary>The comparisons of Alpha's CMPTxx and CMPGxx.</summary>
public enum RegisterRelation : byte
{
    /// <summary>An operand is a NaN; quiet.</summary>
    Unordered = 0,

    /// <summary>Quiet.</summary>
    Equal = 1,

    /// <summary>Any NaN is invalid.</summary>
    Less = 2,

    /// <summary>Any NaN is invalid.</summary>
    LessOrEqual = 3,
}
