namespace Dragoman.Tcg.Ir;

/// <summary>What an op does besides computing its output: attributes of <c>isa/tcg/ops.tcg</c>.</summary>
[Flags]
public enum OpFlags : ushort
{
    None = 0,

    /// <summary>The first two inputs may be exchanged.</summary>
    Commutes = 1,

    /// <summary>Must stay though its output is dead.</summary>
    SideEffects = 2,

    /// <summary>May fault or raise: all globals must stand in the vCPU block, and the PC slot hold the instruction's PC.</summary>
    Faults = 4,

    /// <summary>Control may leave the basic block here: all globals that are live elsewhere must stand in the block.</summary>
    Branches = 8,

    /// <summary>Control never goes on to the next op.</summary>
    EndsBlock = 16,

    /// <summary>Has a semantic expression: folded, interpreted and emitted to IL from the table.</summary>
    Semantic = 32,

    /// <summary>A floating-point op: reads and accumulates into the floating-point environment.</summary>
    Float = 64,

    /// <summary>A vector op on lanes of <c>1 &lt;&lt; Vece</c> bytes.</summary>
    Lanes = 128,

    /// <summary>Reads the vCPU block at an offset.</summary>
    ReadsEnv = 256,

    /// <summary>Writes the vCPU block at an offset.</summary>
    WritesEnv = 512,

    /// <summary>Reads guest memory.</summary>
    ReadsMemory = 1024,

    /// <summary>Writes guest memory.</summary>
    WritesMemory = 2048,
}
