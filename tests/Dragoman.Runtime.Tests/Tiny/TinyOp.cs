namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>Opcodes of the tiny guest. Operands are register numbers unless said otherwise.</summary>
public enum TinyOp : byte
{
    /// <summary>a = imm16.</summary>
    MoveImmediate = 1,

    /// <summary>a = b + c.</summary>
    Add,

    /// <summary>a = b + imm8 (signed).</summary>
    AddImmediate,

    /// <summary>a = 8 bytes at [b].</summary>
    Load,

    /// <summary>8 bytes at [b] = a.</summary>
    Store,

    /// <summary>4 bytes at [b] = a.</summary>
    Store32,

    /// <summary>PC += simm16 * 4, from operands b and c.</summary>
    Branch,

    /// <summary>If a is not 0: PC += simm16 * 4.</summary>
    BranchNotZero,

    /// <summary>PC = a.</summary>
    Jump,

    /// <summary>System call number a (immediate).</summary>
    Syscall,

    /// <summary>The line at [a] holds new code.</summary>
    CacheInvalidate,

    /// <summary>8 bytes at [a] += 1, by a plain load and store in an exclusive section.</summary>
    SlowIncrement,

    /// <summary>8 bytes at [a] += 1, atomically.</summary>
    AtomicIncrement,

    /// <summary>Translation mode = a (immediate).</summary>
    SetMode,

    /// <summary>a = the mode that this instruction was translated for.</summary>
    GetMode,

    /// <summary>a = 8 bytes at [b], exclusive.</summary>
    LoadExclusive,

    /// <summary>8 bytes at [c] = b if the monitor allows; a = 1 if it did, else 0.</summary>
    StoreExclusive,
}
