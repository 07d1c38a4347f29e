namespace Dragoman.Tcg.Ir;

/// <summary>How a guest memory op accesses memory: size, sign, byte order, alignment, atomicity and order.</summary>
[Flags]
public enum MemOp : uint
{
    /// <summary>Size is 1 &lt;&lt; (op &amp; SizeMask) bytes: 0 to 4 for 1 to 16 bytes.</summary>
    SizeMask = 7,
    Size8 = 0,
    Size16 = 1,
    Size32 = 2,
    Size64 = 3,
    Size128 = 4,

    /// <summary>A load sign-extends into its temp's type; without it, it zero-extends.</summary>
    Sign = 0x8,

    /// <summary>Bytes are in the order opposite to little-endian.</summary>
    ByteSwap = 0x10,

    /// <summary>The address must be a multiple of the size, else an alignment fault.</summary>
    Align = 0x20,

    /// <summary>The address must be a multiple of 16, else an alignment fault.</summary>
    Align16 = 0x40,

    /// <summary>Log2 of the single-copy atomic unit in bytes, plus 1, in 3 bits; 0 is the natural rule (the size if aligned).</summary>
    AtomShift = 8,
    AtomMask = 7u << 8,

    /// <summary>A misaligned access must not lie across a 16-byte line (Arm FEAT_LSE2 rule off: alignment required for acquire/release).</summary>
    Within16 = 0x800,

    /// <summary>Acquire, RCsc (Arm LDAR): ordered after earlier releasing RCsc stores too.</summary>
    Acquire = 0x1000,

    /// <summary>Acquire, RCpc (Arm LDAPR).</summary>
    AcquirePc = 0x2000,

    /// <summary>Release (Arm STLR).</summary>
    Release = 0x4000,

    /// <summary>Sequentially consistent (x86 locked, Alpha none).</summary>
    SeqCst = 0x8000,

    /// <summary>The MMU mode whose TLB a softmmu access goes through: a number below <see cref="Abi.TlbDescriptor.Modes"/>. User mode has none.</summary>
    MmuMask = 7u << MemOps.MmuShift,
}

/// <summary>Composition of <see cref="MemOp"/>s.</summary>
public static class MemOps
{
    /// <summary>Lowest bit of <see cref="MemOp.MmuMask"/>.</summary>
    public const int MmuShift = 16;

    /// <summary>The access through the TLB of an MMU mode.</summary>
    public static MemOp InMode(this MemOp op, int mode) => (op & ~MemOp.MmuMask) | (MemOp)((uint)mode << MmuShift);
}

/// <summary>Barrier bits: which earlier accesses are ordered before which later ones.</summary>
[Flags]
public enum MemBarrier : byte
{
    None = 0,
    LoadLoad = 1,

    /// <summary>Earlier stores before later loads: the only one that costs on x86 hosts.</summary>
    StoreLoad = 2,
    LoadStore = 4,
    StoreStore = 8,
    All = 15,
}
