using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Linux.Elf;

/// <summary>
/// The headers of an executable, checked as the kernel's load_elf_binary checks them, and more strictly where the kernel would only
/// find out by killing the program.
/// </summary>
public sealed class ElfImage
{
    private const int MaximumHeaderBytes = 65536;
    private const int MaximumInterpreterPath = 4096;

    private ElfImage(ElfHeader header, ProgramHeader[] programHeaders, string? interpreter)
    {
        Header = header;
        ProgramHeaders = programHeaders;
        InterpreterPath = interpreter;
    }

    /// <summary>The file header.</summary>
    public ElfHeader Header { get; }

    /// <summary>All program headers, in the file's order.</summary>
    public IReadOnlyList<ProgramHeader> ProgramHeaders { get; }

    /// <summary>PT_INTERP, or null.</summary>
    public string? InterpreterPath { get; }

    /// <summary>Whether PT_GNU_STACK asks for a stack that can be executed; null when there is none.</summary>
    public bool? ExecutableStack
    {
        get
        {
            foreach (var header in ProgramHeaders)
            {
                if (header.Type == ProgramHeader.GnuStack)
                {
                    return (header.Flags & ProgramHeader.Executable) != 0;
                }
            }

            return null;
        }
    }

    /// <summary>Reads and checks.</summary>
    /// <param name="source">The file.</param>
    /// <param name="target">What the guest can run.</param>
    /// <exception cref="ElfFormatException">It cannot be executed.</exception>
    public static ElfImage Read(IElfSource source, in ElfTarget target)
    {
        Span<byte> start = stackalloc byte[64];
        var got = source.Read(0, start);
        var header = ElfHeader.Parse(start[..got], target);
        var programHeaders = ReadProgramHeaders(source, header);
        CheckSegments(source, header, programHeaders, target);
        return new ElfImage(header, programHeaders, ReadInterpreter(source, programHeaders));
    }

    private static ProgramHeader[] ReadProgramHeaders(IElfSource source, ElfHeader header)
    {
        var entry = header.Is64Bit ? 56 : 32;
        if (header.ProgramHeaderEntrySize != entry)
        {
            throw new ElfFormatException($"program header size is {header.ProgramHeaderEntrySize}, not {entry}");
        }

        if (header.ProgramHeaderCount == 0)
        {
            throw new ElfFormatException("no program headers");
        }

        var bytes = entry * header.ProgramHeaderCount;
        if (bytes > MaximumHeaderBytes)
        {
            throw new ElfFormatException($"too many program headers ({header.ProgramHeaderCount})");
        }

        if (header.ProgramHeaderOffset > (ulong)source.Length || (ulong)bytes > (ulong)source.Length - header.ProgramHeaderOffset)
        {
            throw new ElfFormatException("program headers lie outside the file");
        }

        var buffer = new byte[bytes];
        if (source.Read((long)header.ProgramHeaderOffset, buffer) != bytes)
        {
            throw new ElfFormatException("program headers cannot be read");
        }

        var result = new ProgramHeader[header.ProgramHeaderCount];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Parse(buffer.AsSpan(i * entry, entry), header.Is64Bit);
        }

        return result;
    }

    private static ProgramHeader Parse(ReadOnlySpan<byte> bytes, bool is64)
    {
        var words = bytes;
        uint Word(ReadOnlySpan<byte> b, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(b[offset..]);
        ulong Long(ReadOnlySpan<byte> b, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(b[offset..]);
        return is64
            ? new ProgramHeader(Word(words, 0), Word(words, 4), Long(words, 8), Long(words, 16), Long(words, 32), Long(words, 40), Long(words, 48))
            : new ProgramHeader(Word(words, 0), Word(words, 24), Word(words, 4), Word(words, 8), Word(words, 16), Word(words, 20), Word(words, 28));
    }

    private static void CheckSegments(IElfSource source, ElfHeader header, ProgramHeader[] programHeaders, in ElfTarget target)
    {
        var loads = new List<ProgramHeader>();
        var page = (ulong)target.PageSize;
        foreach (var segment in programHeaders)
        {
            if (segment.Type != ProgramHeader.Load)
            {
                continue;
            }

            if (segment.FileSize > segment.MemorySize)
            {
                throw new ElfFormatException($"segment at 0x{segment.VirtualAddress:x} is larger in the file than in memory");
            }

            if (segment.MemorySize > target.AddressLimit || segment.VirtualAddress > target.AddressLimit - segment.MemorySize)
            {
                throw new ElfFormatException($"segment at 0x{segment.VirtualAddress:x} (0x{segment.MemorySize:x} bytes) does not fit into the address space");
            }

            if (segment.FileSize != 0
                && (segment.Offset > (ulong)source.Length || segment.FileSize > (ulong)source.Length - segment.Offset))
            {
                throw new ElfFormatException($"segment at 0x{segment.VirtualAddress:x} lies outside the file (truncated?)");
            }

            if (((segment.VirtualAddress - segment.Offset) & (page - 1)) != 0)
            {
                throw new ElfFormatException($"segment at 0x{segment.VirtualAddress:x} is not aligned with its file offset 0x{segment.Offset:x}");
            }

            if (segment.MemorySize != 0)
            {
                loads.Add(segment);
            }
        }

        if (loads.Count == 0)
        {
            throw new ElfFormatException("no loadable segment");
        }

        loads.Sort((a, b) => a.VirtualAddress.CompareTo(b.VirtualAddress));
        for (var i = 1; i < loads.Count; i++)
        {
            if (loads[i - 1].VirtualAddress + loads[i - 1].MemorySize > loads[i].VirtualAddress)
            {
                throw new ElfFormatException($"segments at 0x{loads[i - 1].VirtualAddress:x} and 0x{loads[i].VirtualAddress:x} overlap");
            }
        }

        if (!header.IsPositionIndependent && (loads[0].VirtualAddress & ~(page - 1)) < target.MinimumAddress)
        {
            throw new ElfFormatException($"segment at 0x{loads[0].VirtualAddress:x} is below the lowest address that may be mapped (0x{target.MinimumAddress:x})");
        }
    }

    private static string? ReadInterpreter(IElfSource source, ProgramHeader[] programHeaders)
    {
        foreach (var header in programHeaders)
        {
            if (header.Type != ProgramHeader.Interpreter)
            {
                continue;
            }

            if (header.FileSize is < 2 or > MaximumInterpreterPath)
            {
                throw new ElfFormatException($"interpreter path of {header.FileSize} bytes");
            }

            var path = new byte[header.FileSize];
            if (header.Offset > long.MaxValue || source.Read((long)header.Offset, path) != path.Length)
            {
                throw new ElfFormatException("interpreter path lies outside the file");
            }

            if (path[^1] != 0)
            {
                throw new ElfFormatException("interpreter path is not terminated");
            }

            return Encoding.Latin1.GetString(path, 0, Array.IndexOf(path, (byte)0));
        }

        return null;
    }
}
