namespace Dragoman.Conformance.Tests.Order;

/// <summary>What the manual says of each mnemonic's accesses: <c>isa/GUEST/order.tsv</c>.</summary>
public sealed class OrderTable
{
    private readonly Dictionary<string, OrderRow> _rows;

    private OrderTable(Dictionary<string, OrderRow> rows) => _rows = rows;

    /// <summary>A64's table.</summary>
    public static OrderTable AArch64 { get; } = Load("aarch64");

    /// <summary>Alpha's table.</summary>
    public static OrderTable Alpha { get; } = Load("alpha");

    /// <summary>Every row.</summary>
    public IEnumerable<OrderRow> Rows => _rows.Values;

    /// <summary>The row of an instruction's text: its mnemonic and the kind of its first operand, or its mnemonic alone.</summary>
    public OrderRow? Find(string text)
    {
        string[] words = text.Split(' ', 2);
        string operands = words.Length > 1 ? words[1] : "";
        string kind = operands.StartsWith('{') ? operands[(operands.IndexOf('.') + 1)..].TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')[..1]
            : operands.StartsWith("zva", StringComparison.Ordinal) ? "zva"
            : words[0] is "dmb" or "dsb" ? (operands.EndsWith("ld", StringComparison.Ordinal) ? "ld" : operands.EndsWith("st", StringComparison.Ordinal) ? "st" : "")
            : operands.StartsWith("$f31,", StringComparison.Ordinal) ? "z"
            : operands.Length > 0 ? operands[..1] : "";
        return _rows.GetValueOrDefault($"{words[0]} {kind}") ?? _rows.GetValueOrDefault(words[0]);
    }

    private static OrderTable Load(string guest) => new(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "isa", guest, "order.tsv"))
            .Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('\t'))
            .ToDictionary(c => c[0], c => new OrderRow(c[0], c[2], c[3])));
}

/// <param name="Mnemonic">Mnemonic, and the kind of its first operand where that matters.</param>
/// <param name="Order"><c>plain</c>, <c>acquire</c>, <c>rmw-acquire-release</c>, <c>fence r->rw</c> ..</param>
/// <param name="Atomic">Bits of one single-copy atomic access: <c>32|64</c>, <c>64x2</c>.</param>
public sealed record OrderRow(string Mnemonic, string Order, string Atomic);
