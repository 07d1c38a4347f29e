using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// The memory of a vCPU block. Below <c>env</c> lies the interpreter's frame, so that temps and guest registers are reached alike,
/// as offsets from one pointer, and below that the table of checked pairs of exclusives.
/// </summary>
public static unsafe class VcpuBlock
{
    /// <summary>Bytes of the frame that lies below <c>env</c>.</summary>
    public const int FrameBytes = 32 * 1024;

    private const int PairCount = 128;
    private const int PairBytes = PairCount * 2 * sizeof(ulong);

    /// <summary>
    /// Where a pair of load-exclusive and store-exclusive, by guest PC, stands that was found to have nothing between: the row for the load-exclusive's PC.
    /// Written by the owner, the load's PC last; whoever invalidates code puts zeros in.
    /// </summary>
    public static ulong* CheckedPair(byte* env, ulong loadPc) => (ulong*)(env + CheckedPairOffset(loadPc));

    /// <summary>Offset from <c>env</c> of <see cref="CheckedPair"/>, in bytes.</summary>
    public static int CheckedPairOffset(ulong loadPc) => (2 * sizeof(ulong) * ((int)((loadPc >> 2) ^ (loadPc >> 9)) & (PairCount - 1))) - FrameBytes - PairBytes;

    /// <summary>Forgets the pairs: the block goes to another vCPU, or there may be other code at their PCs. Any thread.</summary>
    public static void ForgetPairs(byte* env) => NativeMemory.Clear(env - FrameBytes - PairBytes, PairBytes);

    /// <summary>Bytes of memory that a block of <paramref name="size"/> bytes takes, header included.</summary>
    public static int SizeOf(int size) => PairBytes + FrameBytes + size;

    /// <summary>Makes a block of zeroed memory of <see cref="SizeOf"/> bytes, 64-byte aligned; returns <c>env</c>, which is too.</summary>
    public static byte* Place(byte* memory)
    {
        byte* env = memory + PairBytes + FrameBytes;
        ((VcpuHeader*)env)->FrameBytes = FrameBytes;
        return env;
    }

    /// <summary>Allocates a zeroed block of <paramref name="size"/> bytes, header included; returns <c>env</c>, 64-byte aligned.</summary>
    public static byte* Allocate(int size)
    {
        nuint bytes = (nuint)SizeOf(size);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        return Place(memory);
    }

    /// <summary>Frees a block that <see cref="Allocate"/> gave.</summary>
    public static void Free(byte* env) => NativeMemory.AlignedFree(env - FrameBytes - PairBytes);
}
