using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.SoftMmu;

/// <summary>
/// The inline lookup of a softmmu access, as backends that run C# do it, and the way to what cannot be done inline. A backend that emits code emits
/// the same comparison.
/// </summary>
public static unsafe class SoftMmuLookup
{
    /// <summary>
    /// What an access's address plus <see cref="LastByte"/> is masked with before it is compared with a tag: the page, and the bits that must be zero for
    /// the alignment that the access asks for.
    /// </summary>
    public static ulong CompareMask(int pageBits, MemOp op) => (ulong.MaxValue << pageBits) | AlignMask(op);

    /// <summary>
    /// How far behind its address an access is compared: an access without alignment may leave its page with its last byte, which then makes the
    /// comparison fail; an aligned one cannot.
    /// </summary>
    public static int LastByte(MemOp op) => AlignMask(op) >= SizeMask(op) ? 0 : (int)SizeMask(op);

    /// <summary>The low bits that must be zero in the access's address.</summary>
    public static ulong AlignMask(MemOp op) => (op & MemOp.Align16) != 0 ? 15 : (op & MemOp.Align) != 0 ? SizeMask(op) : 0;

    /// <summary>The MMU mode of an access.</summary>
    public static int Mode(MemOp op) => (int)(op & MemOp.MmuMask) >> MemOps.MmuShift;

    /// <summary>The host address of a load that hits, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* TryLoad(byte* env, ulong address, MemOp op)
    {
        TlbEntry* entry = EntryOf((VcpuHeader*)env, address, op);
        return Volatile.Read(ref entry->ReadTag) == Compared((VcpuHeader*)env, address, op) ? (byte*)address + entry->Addend : null;
    }

    /// <summary>The host address of a store that hits, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* TryStore(byte* env, ulong address, MemOp op)
    {
        TlbEntry* entry = EntryOf((VcpuHeader*)env, address, op);
        return Volatile.Read(ref entry->WriteTag) == Compared((VcpuHeader*)env, address, op) ? (byte*)address + entry->Addend : null;
    }

    /// <summary>The host address of an atomic access, which both loads and stores, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* TryAtomic(byte* env, ulong address, MemOp op)
    {
        TlbEntry* entry = EntryOf((VcpuHeader*)env, address, op);
        ulong compared = Compared((VcpuHeader*)env, address, op);
        return Volatile.Read(ref entry->WriteTag) == compared && entry->ReadTag == compared ? (byte*)address + entry->Addend : null;
    }

    /// <summary>Loads the slow way, into the block's scratch: see <see cref="SoftMmuCalls.Load"/>.</summary>
    public static int Load(nint env, ulong address, uint op) => ((VcpuHeader*)env)->SoftMmu->Load(env, address, op);

    /// <summary>Stores the slow way, from the block's scratch: see <see cref="SoftMmuCalls.Store"/>.</summary>
    public static int Store(nint env, ulong address, uint op) => ((VcpuHeader*)env)->SoftMmu->Store(env, address, op);

    /// <summary>The place of an atomic read-modify-write, or 0 with an exception pending: see <see cref="SoftMmuCalls.Place"/>.</summary>
    public static nint UpdatePlace(nint env, ulong address, uint op)
    {
        byte* host = TryAtomic((byte*)env, address, (MemOp)op);
        return host != null ? (nint)host : ((VcpuHeader*)env)->SoftMmu->Place(env, address, op, (int)PlaceUse.Update);
    }

    /// <summary>The place of a store-exclusive, or 0 with an exception pending.</summary>
    public static nint StorePlace(nint env, ulong address, uint op)
    {
        byte* host = TryAtomic((byte*)env, address, (MemOp)op);
        return host != null ? (nint)host : ((VcpuHeader*)env)->SoftMmu->Place(env, address, op, (int)PlaceUse.StoreExclusive);
    }

    /// <summary>The place of a load-exclusive, or 0 with an exception pending.</summary>
    public static nint LoadPlace(nint env, ulong address, uint op)
    {
        byte* host = TryLoad((byte*)env, address, (MemOp)op);
        return host != null ? (nint)host : ((VcpuHeader*)env)->SoftMmu->Place(env, address, op, (int)PlaceUse.LoadExclusive);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TlbEntry* EntryOf(VcpuHeader* header, ulong address, MemOp op)
    {
        TlbDescriptor* descriptor = (TlbDescriptor*)((byte*)header + TlbDescriptor.HeaderOffset) + Mode(op);
        return (TlbEntry*)((byte*)descriptor->Table + ((address >> (header->TlbPageBits - TlbEntry.SizeLog2)) & descriptor->Mask));
    }

    // One comparison cannot ask for two alignments: accesses that must not leave a 16-byte line never hit (no tag has just the lowest bit).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Compared(VcpuHeader* header, ulong address, MemOp op) =>
        (op & MemOp.Within16) != 0 ? 1 : (address + (ulong)LastByte(op)) & CompareMask(header->TlbPageBits, op);

    private static ulong SizeMask(MemOp op) => (1UL << (int)(op & MemOp.SizeMask)) - 1;
}
