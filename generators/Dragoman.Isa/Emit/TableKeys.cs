using System.Numerics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>The parts of a table's key as one number.</summary>
internal static class TableKeys
{
    /// <summary>C# that joins the key's parts, each a <c>long</c> of its name.</summary>
    public static string Packed(TableItem table)
    {
        int shift = table.Keys.Sum(k => k.Width);
        List<string> parts = [];
        foreach (TableKey key in table.Keys)
        {
            shift -= key.Width;
            string name = CSharpExpressionPrinter.Identifier(key.Name.Text);
            parts.Add(shift == 0 ? name : $"{name} << {shift}");
        }

        return string.Join(" | ", parts);
    }

    /// <summary>The pattern of one row.</summary>
    public static string Pattern(TableItem table, TableRow row)
    {
        BigInteger value = 0;
        BigInteger mask = 0;
        for (int i = 0; i < table.Keys.Count; i++)
        {
            NumberExpression? part = i < row.Key.Count ? row.Key[i] : null;
            value = value << table.Keys[i].Width | (part?.Value ?? 0);
            mask = mask << table.Keys[i].Width | (part is null ? 0 : (BigInteger.One << table.Keys[i].Width) - 1);
        }

        bool isWhole = row.Key.All(k => k is not null) && row.Key.Count == table.Keys.Count;
        return isWhole ? "0x" + ((ulong)value).ToString("X") : $"var m when (m & 0x{(ulong)mask:X}) == 0x{(ulong)value:X}";
    }
}
