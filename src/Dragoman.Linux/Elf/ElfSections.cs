using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Linux.Elf;

/// <summary>
/// The sections of a 64-bit ELF file that disassembly wants: code, and names of functions. Loading never looks at them, so a table that is missing,
/// stripped or damaged only means that there are none.
/// </summary>
public sealed class ElfSections
{
    private const int HeaderSize = 64;
    private const uint ProgramBits = 1;
    private const uint SymbolTable = 2;
    private const ulong ExecutableFlag = 4;

    private ElfSections(IReadOnlyList<ElfSection> code, IReadOnlyDictionary<ulong, string> functions)
    {
        Code = code;
        Functions = functions;
    }

    /// <summary>Executable sections, by address.</summary>
    public IReadOnlyList<ElfSection> Code { get; }

    /// <summary>Function names by address.</summary>
    public IReadOnlyDictionary<ulong, string> Functions { get; }

    /// <summary>Reads what is there.</summary>
    public static ElfSections Read(ReadOnlySpan<byte> file)
    {
        List<ElfSection> code = [];
        Dictionary<ulong, string> functions = [];
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(file[40..]);
        int entry = BinaryPrimitives.ReadUInt16LittleEndian(file[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]);
        int names = BinaryPrimitives.ReadUInt16LittleEndian(file[62..]);
        if (entry == HeaderSize && Slice(file, table, (ulong)(count * entry), out ReadOnlySpan<byte> headers) && names < count)
        {
            ReadOnlySpan<byte> text = Contents(file, headers[(names * entry)..]);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> header = headers.Slice(i * entry, entry);
                uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
                ReadOnlySpan<byte> contents = Contents(file, header);
                if (type == ProgramBits && (Word(header, 8) & ExecutableFlag) != 0 && !contents.IsEmpty)
                {
                    code.Add(new ElfSection(NameAt(text, BinaryPrimitives.ReadUInt32LittleEndian(header)), Word(header, 16), Word(header, 24), (ulong)contents.Length));
                }
                else if (type == SymbolTable && BinaryPrimitives.ReadUInt32LittleEndian(header[40..]) is uint link && link < count)
                {
                    ReadFunctions(contents, Contents(file, headers[((int)link * entry)..]), functions);
                }
            }
        }

        code.Sort((a, b) => a.Address.CompareTo(b.Address));
        return new ElfSections(code, functions);
    }

    private static void ReadFunctions(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, Dictionary<ulong, string> functions)
    {
        const int Size = 24;
        const int FunctionType = 2;
        for (int at = 0; at + Size <= symbols.Length; at += Size)
        {
            ReadOnlySpan<byte> symbol = symbols.Slice(at, Size);
            if ((symbol[4] & 15) == FunctionType && NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(symbol)) is { Length: > 0 } name)
            {
                functions.TryAdd(Word(symbol, 8), name);
            }
        }
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static ReadOnlySpan<byte> Contents(ReadOnlySpan<byte> file, ReadOnlySpan<byte> header) =>
        Slice(file, Word(header, 24), Word(header, 32), out ReadOnlySpan<byte> contents) ? contents : default;

    private static bool Slice(ReadOnlySpan<byte> file, ulong offset, ulong size, out ReadOnlySpan<byte> slice)
    {
        bool inside = offset <= (ulong)file.Length && size <= (ulong)file.Length - offset;
        slice = inside ? file.Slice((int)offset, (int)size) : default;
        return inside;
    }

    private static string NameAt(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= names.Length)
        {
            return "";
        }

        ReadOnlySpan<byte> name = names[(int)offset..];
        int end = name.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.Latin1.GetString(name[..end]);
    }
}
