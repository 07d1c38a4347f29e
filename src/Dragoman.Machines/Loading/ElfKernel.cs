using System.Buffers.Binary;

namespace Dragoman.Machines.Loading;

/// <summary>A kernel or bare-metal program as an ELF file: its segments by physical address.</summary>
/// <remarks>System V ABI, chapters 4 and 5, ELF-64, little-endian.</remarks>
internal static class ElfKernel
{
    private const int HeaderSize = 64, ProgramHeaderSize = 56, AArch64 = 183, Executable = 2, SharedObject = 3, Load = 1;

    /// <summary>Whether a file begins as ELF files do.</summary>
    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith("\x7F"u8) && file.Length >= 4 && file[1..4].SequenceEqual("ELF"u8);

    /// <summary>Reads an ELF file.</summary>
    public static KernelImage Read(ReadOnlyMemory<byte> file)
    {
        var header = file.Span;
        if (header.Length < HeaderSize)
        {
            throw new KernelException("its ELF header is cut off");
        }

        if (header[4] != 2 || header[5] != 1 || Number16(header, 18) != AArch64)
        {
            throw new KernelException("an ELF file for other processors than AArch64, little-endian");
        }

        if (Number16(header, 16) is not (Executable or SharedObject))
        {
            throw new KernelException("an ELF file that is not linked");
        }

        var (table, count) = (Number64(header, 32), Number16(header, 56));
        if (count > 0 && (Number16(header, 54) != ProgramHeaderSize || table > (ulong)header.Length || (ulong)count * ProgramHeaderSize > (ulong)header.Length - table))
        {
            throw new KernelException("its program headers are cut off");
        }

        var entry = Number64(header, 24);
        var physicalEntry = entry;
        List<KernelPiece> pieces = [];
        for (var i = 0; i < count; i++)
        {
            var segment = header[((int)table + (i * ProgramHeaderSize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(segment) != Load)
            {
                continue;
            }

            var (offset, address, physical, inFile, inMemory) = (Number64(segment, 8), Number64(segment, 16), Number64(segment, 24), Number64(segment, 32), Number64(segment, 40));
            if (inFile > inMemory || offset > (ulong)header.Length || inFile > (ulong)header.Length - offset || inMemory > ulong.MaxValue - physical)
            {
                throw new KernelException($"its segment {i} is cut off");
            }

            // The processor begins without address translation: the entry is where its segment goes.
            if (entry >= address && entry - address < inMemory)
            {
                physicalEntry = entry - address + physical;
            }

            if (inMemory > 0)
            {
                pieces.Add(new KernelPiece(physical, file.Slice((int)offset, (int)inFile), inMemory));
            }
        }

        return pieces.Count > 0 ? new KernelImage(physicalEntry, pieces, FollowsLinux: false) : throw new KernelException("an ELF file with nothing to load");
    }

    private static ushort Number16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static ulong Number64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
