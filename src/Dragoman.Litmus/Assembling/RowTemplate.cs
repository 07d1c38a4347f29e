using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Assembling;

/// <summary>A row of the description behind some prefixes: code with open fields, followed by zeros.</summary>
internal sealed class RowTemplate
{
    private const int ByteBits = 8;

    public RowTemplate(InsnRow row, IReadOnlyList<InsnPrefix> prefixes, int mostBytes)
    {
        Row = row;
        List<byte> code = [];
        List<InsnField> fields = [];
        foreach (InsnPrefix prefix in prefixes.Where(p => !p.IsLast))
        {
            Add([prefix.Value], prefix.Fields);
        }

        code.AddRange(row.Lead);
        foreach (InsnPrefix prefix in prefixes.Where(p => p.IsLast))
        {
            Add([prefix.Value], prefix.Fields);
        }

        Add(row.Code, row.Fields);
        Head = code.Count;
        Fields = fields;
        Code = new byte[mostBytes];
        code.CopyTo(Code);

        void Add(IReadOnlyList<byte> bytes, IReadOnlyList<InsnField> open)
        {
            fields.AddRange(open.Select(f => f with { Low = f.Low + (code.Count * ByteBits) }));
            code.AddRange(bytes);
        }
    }

    public InsnRow Row { get; }

    /// <summary>The code with all fields as the description leaves them.</summary>
    public byte[] Code { get; }

    /// <summary>Fields that may be changed.</summary>
    public IReadOnlyList<InsnField> Fields { get; }

    /// <summary>Bytes before what depends on ModRM.</summary>
    public int Head { get; }

    /// <summary>Whether an instruction of this length is the row: what is shorter or, of a row without more to it, longer was decoded as something else.</summary>
    public bool MayBe(int length) => Row.IsWhole ? length == Head : length >= Head;

    /// <summary>A copy of code with a field changed. No field lies across bytes.</summary>
    public static byte[] With(byte[] code, InsnField field, int value)
    {
        byte[] changed = [.. code];
        int first = field.Low / ByteBits;
        int ones = ((1 << field.Width) - 1) << (field.Low % ByteBits);
        changed[first] = (byte)((changed[first] & ~ones) | ((value << (field.Low % ByteBits)) & ones));
        return changed;
    }

    /// <summary>A copy of code with a number put into bytes of it; null where they do not lie in it.</summary>
    public static byte[]? With(byte[] code, int at, int bytes, long value)
    {
        if (at + bytes > code.Length)
        {
            return null;
        }

        byte[] changed = [.. code];
        for (int i = 0; i < bytes; i++)
        {
            changed[at + i] = (byte)(value >> (ByteBits * i));
        }

        return changed;
    }
}
