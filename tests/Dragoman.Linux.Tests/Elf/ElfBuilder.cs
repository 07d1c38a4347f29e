using System.Buffers.Binary;

namespace Dragoman.Linux.Tests.Elf;

/// <summary>Builds small AArch64 executables whose fields a test then spoils.</summary>
internal static class ElfBuilder
{
    public const int PhOffset = 64;
    public const int PhSize = 56;

    /// <summary>Two segments, text at 0x400000 and data at 0x411000 with bss, in a file of 0x2000 bytes.</summary>
    public static byte[] Executable(ushort type = 2)
    {
        var file = new byte[0x2000];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[6] = 1;
        U16(file, 16, type);
        U16(file, 18, 183);
        U32(file, 20, 1);
        U64(file, 24, 0x400100);
        U64(file, 32, PhOffset);
        U16(file, 52, 64);
        U16(file, 54, PhSize);
        U16(file, 56, 3);
        Program(file, 0, 1, 5, 0, 0x400000, 0x1000, 0x1000, 0x1000);
        Program(file, 1, 1, 6, 0x1000, 0x411000, 0x800, 0x3000, 0x1000);
        Program(file, 2, 0x6474e551, 6, 0, 0, 0, 0, 16);
        file.AsSpan(0x1000, 0x800).Fill(0xAB);
        file.AsSpan(0x1800).Fill(0xCD);
        return file;
    }

    public static void Program(byte[] file, int index, uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize, ulong align)
    {
        var at = PhOffset + (index * PhSize);
        U32(file, at, type);
        U32(file, at + 4, flags);
        U64(file, at + 8, offset);
        U64(file, at + 16, address);
        U64(file, at + 24, address);
        U64(file, at + 32, fileSize);
        U64(file, at + 40, memorySize);
        U64(file, at + 48, align);
    }

    public static void U16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    public static void U32(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    public static void U64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
