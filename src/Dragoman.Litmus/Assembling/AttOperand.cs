using System.Globalization;

namespace Dragoman.Litmus.Assembling;

/// <summary>An operand in AT&amp;T syntax.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a register its name in lower case, of a branch's target the label.</param>
/// <param name="Bytes">Of a register its size.</param>
/// <param name="Number">Of an immediate its value, of memory the displacement.</param>
/// <param name="Base">Of memory the base register, or empty.</param>
/// <param name="Index">Of memory the index register, or empty.</param>
/// <param name="Scale">Of memory the factor of the index.</param>
/// <param name="Variable">Of memory the variable in the place of a base register, or null.</param>
/// <param name="Offset">Where it stands in the instruction.</param>
internal sealed record AttOperand(
    AttOperandKind Kind, string Text = "", int Bytes = 0, long Number = 0, string Base = "", string Index = "", int Scale = 1, string? Variable = null, int Offset = 0)
{
    /// <summary>A register of the general ones, of which a suffix says the size.</summary>
    public bool IsGeneral => Kind == AttOperandKind.Register && !IsVector;

    public bool IsVector => Kind == AttOperandKind.Register && Text.StartsWith("xmm", StringComparison.Ordinal);

    /// <summary>As the disassembler writes it, with the size of what memory it accesses in bytes: 0 for none.</summary>
    public string Written(string size, int immediateBytes) => Kind switch
    {
        AttOperandKind.Register or AttOperandKind.Label => Text,
        AttOperandKind.Immediate => Hexadecimal(immediateBytes is 0 or >= 8 ? Number : Number & ((1L << (8 * immediateBytes)) - 1)),
        _ => $"{size}[{Address()}]",
    };

    private string Address()
    {
        string scaled = Index.Length == 0 ? "" : Index + (Scale != 1 || Base.Length == 0 ? "*" + Scale.ToString(CultureInfo.InvariantCulture) : "");
        string sum = Base + (Base.Length > 0 && scaled.Length > 0 ? "+" : "") + scaled;
        return sum + (Number == 0 && sum.Length > 0 ? "" : Number < 0 ? "-" + Hexadecimal(-Number) : (sum.Length > 0 ? "+" : "") + Hexadecimal(Number));
    }

    private static string Hexadecimal(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>What an operand is.</summary>
internal enum AttOperandKind
{
    Register,
    Immediate,
    Memory,

    /// <summary>A branch's target.</summary>
    Label,
}
