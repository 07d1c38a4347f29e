using Dragoman.Isa.Decoding;
using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>Emits <c>Encodings.Rows</c> and <c>Encodings.Prefixes</c> of a byte-stream guest: what an assembler puts together until the text is the wanted one.</summary>
internal sealed class RowEncodingsEmitter(ByteModel bytes)
{
    private const int ByteBits = 8;

    // The parts of the key that a vector prefix carries too, by the names of its fields.
    private static readonly EncodingField[] s_carried = [RowKey.Map, RowKey.W, RowKey.L, RowKey.Pp];

    public static EmittedSource Emit(IsaModel model, ByteModel bytes)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System.Collections.Generic", "Dragoman.Runtime.Guests");
        RowEncodingsEmitter emitter = new(bytes);
        writer.Summary("The rows of the instructions, and the prefixes that change what a row means.");
        using (writer.Open("public static class Encodings"))
        {
            EmitList(writer, "In the order of the description.", "InsnRow", "Rows", bytes.Rows.Select(emitter.Row));
            writer.Line();
            EmitList(writer, "Those that make an instruction atomic, and those that sizes and registers depend on.", "InsnPrefix", "Prefixes", emitter.Prefixes());
        }

        return new EmittedSource(model.Name + ".Encodings.g.cs", writer.ToString());
    }

    private static void EmitList(CSharpWriter writer, string summary, string type, string name, IEnumerable<string> items)
    {
        writer.Summary(summary);
        writer.Line($"public static IReadOnlyList<{type}> {name} {{ get; }} =");
        writer.Line("[");
        writer.Indent();
        foreach (string item in items)
        {
            writer.Line(item + ",");
        }

        writer.Unindent();
        writer.Line("];");
    }

    private string Row(RowModel row)
    {
        List<int> lead = [], code = [];
        List<string> fields = [];
        string space = row.Syntax.Prefix.Count > 0 ? row.Syntax.Prefix[0].Text : "";
        PrefixSyntax? vector = bytes.Unit.Prefixes
            .Where(p => p.HasPayload && string.Equals(p.Name.Text, space, StringComparison.OrdinalIgnoreCase)).OrderBy(p => p.Map is null ? 0 : 1).FirstOrDefault();
        int first = 0;
        if (vector is not null)
        {
            AddVector(vector, row, code, fields);
        }
        else if (row.Syntax.Bytes.Count > 1 && bytes.Unit.Mandatory.Any(m => m.Byte == row.Syntax.Bytes[0]))
        {
            lead.Add(row.Syntax.Bytes[first++]);
        }

        for (int i = first; i < row.Syntax.Bytes.Count; i++)
        {
            if (i == row.Syntax.OpenIn)
            {
                fields.Add(Field("open", code.Count * ByteBits, row.Syntax.OpenBits));
            }

            code.Add(row.Syntax.Bytes[i]);
        }

        if (row.Syntax.Digit is { } digit && bytes.Unit.ModRm is { } modRm)
        {
            int value = 0;
            foreach ((BitField field, int low) in Places(modRm.Fields, code.Count * ByteBits))
            {
                if (field.Name.Text == RowKey.Reg.Name && digit >= 0)
                {
                    value |= digit << (low % ByteBits);
                }
                else
                {
                    fields.Add(Field(field.Name.Text, low, field.Width));
                }
            }

            code.Add(value);
            if (bytes.Unit.Sib is { } sib)
            {
                fields.AddRange(Places(sib.Fields, code.Count * ByteBits).Select(place => Field(place.Field.Name.Text, place.Low, place.Field.Width)));
            }
        }

        bool isWhole = row.Syntax.Digit is null && row.Syntax.Immediates.Count == 0;
        return $"new(\"{row.Item.Name.Text}\", [{Bytes(lead)}], [{Bytes(code)}], [{string.Join(", ", fields)}], {(vector is null ? "true" : "false")}, {(isWhole ? "true" : "false")})";
    }

    // The prefix byte and those of its fields, of which the row fixes some.
    private static void AddVector(PrefixSyntax vector, RowModel row, List<int> code, List<string> fields)
    {
        code.Add(vector.Bytes[0].From);
        int start = code.Count * ByteBits;
        int[] payload = new int[vector.Fields.Sum(f => f.Width) / ByteBits];
        foreach ((BitField field, int low) in Places(vector.Fields, start))
        {
            EncodingField? carried = s_carried.FirstOrDefault(f => f.Name == field.Name.Text);
            ulong ones = (1UL << field.Width) - 1;
            ulong value = field.IsInverted ? ones : 0;
            bool isFixed = field.Name.Text == "vvvv" && row.LacksVectorOperand;
            if (carried is { } part && (row.Encoding.Mask & part.Mask) == part.Mask)
            {
                value ^= (ulong)part.Extract(row.Encoding.Value) & ones;
                isFixed = true;
            }

            payload[(low - start) / ByteBits] |= (int)value << (low % ByteBits);
            if (!isFixed)
            {
                fields.Add(Field(field.Name.Text, low, field.Width));
            }
        }

        code.AddRange(payload);
    }

    private IEnumerable<string> Prefixes()
    {
        HashSet<string> read = [];
        foreach (WidthSyntax width in bytes.Unit.Widths)
        {
            FreeNames.Collect(width.Value, read);
        }

        foreach (PrefixSyntax prefix in bytes.Unit.Prefixes.Where(p => !p.HasPayload && (p.IsAtomic || p.IsLast || read.Contains(p.Name.Text))))
        {
            string fields = string.Join(", ", Places(prefix.Fields, 0).Select(place => Field(place.Field.Name.Text, place.Low, place.Field.Width)));
            yield return $"new(\"{prefix.Name.Text}\", 0x{prefix.Bytes[0].From:X2}, [{fields}], {(prefix.IsLast ? "true" : "false")})";
        }
    }

    // Fields stand most significant first; those of less than a byte in the low bits of the last.
    private static IEnumerable<(BitField Field, int Low)> Places(IReadOnlyList<BitField> fields, int start)
    {
        int total = fields.Sum(f => f.Width);
        int left = total;
        foreach (BitField field in fields)
        {
            left -= field.Width;
            int fromTop = total - left - field.Width;
            yield return total <= ByteBits
                ? (field, start + left)
                : (field, start + (fromTop / ByteBits * ByteBits) + ByteBits - (fromTop % ByteBits) - field.Width);
        }
    }

    private static string Field(string name, int low, int width) => $"new(\"{name}\", {low}, {width})";

    private static string Bytes(IEnumerable<int> values) => string.Join(", ", values.Select(v => $"0x{v:X2}"));
}
