using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// The memory of a vCPU block. Below <c>env</c> lies the interpreter's frame, so that temps and guest registers are reached alike,
/// as offsets from one pointer.
/// </summary>
public static unsafe class VcpuBlock
{
    /// <summary>Bytes of the frame that lies below <c>env</c>.</summary>
    public const int FrameBytes = 32 * 1024;

    /// <summary>Allocates a zeroed block of <paramref name="size"/> bytes, header included; returns <c>env</c>, 64-byte aligned.</summary>
    public static byte* Allocate(int size)
    {
        nuint bytes = (nuint)(FrameBytes + size);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        byte* env = memory + FrameBytes;
        ((VcpuHeader*)env)->FrameBytes = FrameBytes;
        return env;
    }

    /// <summary>Frees a block that <see cref="Allocate"/> gave.</summary>
    public static void Free(byte* env) => NativeMemory.AlignedFree(env - FrameBytes);
}
