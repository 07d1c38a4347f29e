namespace Dragoman.Tcg.Ir;

/// <summary>Lifetime of a temp.</summary>
public enum TempKind : byte
{
    /// <summary>A guest register at a fixed offset of the vCPU block.</summary>
    Global,
    Const,

    /// <summary>Lives to the end of the TB, across labels.</summary>
    Tb,

    /// <summary>Lives within one extended basic block.</summary>
    Ebb,
}
