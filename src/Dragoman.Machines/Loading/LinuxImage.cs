using System.Buffers.Binary;

namespace Dragoman.Machines.Loading;

/// <summary>Linux's Image for AArch64: a header of 64 bytes that is also its first instructions.</summary>
/// <remarks>Linux, Documentation/arch/arm64/booting.rst, section 4.</remarks>
internal static class LinuxImage
{
    private const int HeaderSize = 64, TextOffset = 8, ImageSize = 16, Flags = 24, MagicOffset = 56;

    private const ulong DefaultTextOffset = 0x8_0000, TwoMegabytes = 0x20_0000, IsBigEndian = 1;

    private static ReadOnlySpan<byte> Magic => "ARM\x64"u8;

    /// <summary>Whether a file has the header.</summary>
    public static bool Is(ReadOnlySpan<byte> file) => file.Length >= HeaderSize && file.Slice(MagicOffset, Magic.Length).SequenceEqual(Magic);

    /// <summary>Reads a file that has the header.</summary>
    public static KernelImage Read(ReadOnlyMemory<byte> file, ulong ramStart)
    {
        var header = file.Span;
        if ((BinaryPrimitives.ReadUInt64LittleEndian(header[Flags..]) & IsBigEndian) != 0)
        {
            throw new KernelException("a Linux kernel for big-endian processors, which this machine has not");
        }

        // Kernels before 3.17 have no size and, whatever they say, the usual offset.
        var size = BinaryPrimitives.ReadUInt64LittleEndian(header[ImageSize..]);
        var offset = size == 0 ? DefaultTextOffset : BinaryPrimitives.ReadUInt64LittleEndian(header[TextOffset..]);
        if (offset >= TwoMegabytes)
        {
            throw new KernelException($"its header asks for an offset of 0x{offset:x} from a multiple of 2 MiB");
        }

        return new KernelImage(ramStart + offset, [new KernelPiece(ramStart + offset, file, Math.Max(size, (ulong)file.Length))], FollowsLinux: true);
    }
}
