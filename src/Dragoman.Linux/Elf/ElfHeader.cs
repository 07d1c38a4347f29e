using System.Buffers.Binary;

namespace Dragoman.Linux.Elf;

/// <summary>The fields of an ELF file header that loading needs.</summary>
public sealed record ElfHeader(
    bool Is64Bit,
    bool IsPositionIndependent,
    int Machine,
    ulong Entry,
    ulong ProgramHeaderOffset,
    int ProgramHeaderEntrySize,
    int ProgramHeaderCount)
{
    /// <summary>Parses and checks against what the guest can run.</summary>
    /// <exception cref="ElfFormatException">Not such a file.</exception>
    public static ElfHeader Parse(ReadOnlySpan<byte> bytes, in ElfTarget target)
    {
        if (bytes.Length < 4 || !bytes.StartsWith("\u007fELF"u8))
        {
            throw new ElfFormatException("not an ELF file");
        }

        if (bytes.Length < 20)
        {
            throw new ElfFormatException("ELF header is truncated");
        }

        if (bytes[4] is not (1 or 2))
        {
            throw new ElfFormatException($"unknown ELF class {bytes[4]}");
        }

        var is64 = bytes[4] == 2;
        if (bytes[5] != 1)
        {
            throw new ElfFormatException(bytes[5] == 2 ? "big-endian ELF file" : $"unknown ELF byte order {bytes[5]}");
        }

        var machine = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        if (machine != target.Machine || is64 != target.Is64Bit)
        {
            throw new ElfFormatException($"ELF file for {ElfMachines.Describe(machine, is64)}, not {ElfMachines.Describe(target.Machine, target.Is64Bit)}");
        }

        if (bytes.Length < (is64 ? 64 : 52))
        {
            throw new ElfFormatException("ELF header is truncated");
        }

        var type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        if (type is not (2 or 3))
        {
            throw new ElfFormatException(type switch
            {
                1 => "relocatable object file, not an executable",
                4 => "core dump, not an executable",
                _ => $"ELF type {type}, not an executable",
            });
        }

        return is64
            ? new ElfHeader(
                true, type == 3, machine, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]))
            : new ElfHeader(
                false, type == 3, machine, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[42..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[44..]));
    }
}
