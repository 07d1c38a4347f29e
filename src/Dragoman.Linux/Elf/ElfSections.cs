using System.Buffers.Binary;
using System.Text;
using Dragoman.Linux.Abi;

namespace Dragoman.Linux.Elf;

/// <summary>
/// The sections of an ELF file that disassembly wants: code, and names of functions. Loading never looks at them, so a table that is missing,
/// stripped or damaged only means that there are none.
/// </summary>
public sealed class ElfSections
{
    private const uint ProgramBits = 1;
    private const uint SymbolTable = 2;
    private const ulong ExecutableFlag = 4;

    private static readonly Form s_wide = new(new(40, 8), 58, 64, new(8, 8), new(16, 8), new(24, 8), new(32, 8), 40, 24, 4, new(8, 8));
    private static readonly Form s_narrow = new(new(32, 4), 46, 40, new(8, 4), new(12, 4), new(16, 4), new(20, 4), 24, 16, 12, new(4, 4));

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
        Form form = file[4] == 2 ? s_wide : s_narrow;
        ulong table = form.Table.Read(file);
        int entry = BinaryPrimitives.ReadUInt16LittleEndian(file[form.Counts..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[(form.Counts + 2)..]);
        int names = BinaryPrimitives.ReadUInt16LittleEndian(file[(form.Counts + 4)..]);
        if (entry == form.HeaderSize && Slice(file, table, (ulong)(count * entry), out ReadOnlySpan<byte> headers) && names < count)
        {
            ReadOnlySpan<byte> text = Contents(form, file, headers[(names * entry)..]);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> header = headers.Slice(i * entry, entry);
                uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
                ReadOnlySpan<byte> contents = Contents(form, file, header);
                if (type == ProgramBits && (form.Flags.Read(header) & ExecutableFlag) != 0 && !contents.IsEmpty)
                {
                    code.Add(new ElfSection(NameAt(text, BinaryPrimitives.ReadUInt32LittleEndian(header)), form.Address.Read(header), form.Offset.Read(header), (ulong)contents.Length));
                }
                else if (type == SymbolTable && BinaryPrimitives.ReadUInt32LittleEndian(header[form.Link..]) is uint link && link < count)
                {
                    ReadFunctions(form, contents, Contents(form, file, headers[((int)link * entry)..]), functions);
                }
            }
        }

        code.Sort((a, b) => a.Address.CompareTo(b.Address));
        return new ElfSections(code, functions);
    }

    private static void ReadFunctions(Form form, ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, Dictionary<ulong, string> functions)
    {
        const int FunctionType = 2;
        for (int at = 0; at + form.SymbolSize <= symbols.Length; at += form.SymbolSize)
        {
            ReadOnlySpan<byte> symbol = symbols.Slice(at, form.SymbolSize);
            if ((symbol[form.SymbolInfo] & 15) == FunctionType && NameAt(names, BinaryPrimitives.ReadUInt32LittleEndian(symbol)) is { Length: > 0 } name)
            {
                functions.TryAdd(form.SymbolValue.Read(symbol), name);
            }
        }
    }

    private static ReadOnlySpan<byte> Contents(Form form, ReadOnlySpan<byte> file, ReadOnlySpan<byte> header) =>
        Slice(file, form.Offset.Read(header), form.Size.Read(header), out ReadOnlySpan<byte> contents) ? contents : default;

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

    /// <summary>Where things are in a file of one class: in the file's header, a section's and a symbol.</summary>
    private sealed record Form(
        Field Table, int Counts, int HeaderSize, Field Flags, Field Address, Field Offset, Field Size, int Link, int SymbolSize, int SymbolInfo, Field SymbolValue);
}
