using System.Text.RegularExpressions;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// <c>order.tsv</c> beside a description: what the manual says of the order and the atomic units of each mnemonic's accesses, kept apart from the
/// description so that two sources are compared. Columns: mnemonic (and the kind of its first operand), section, order, atomic.
/// </summary>
internal sealed class OrderTable
{
    /// <summary>The mnemonic of the row that holds for every instruction.</summary>
    public const string Everything = "*";

    private static readonly Regex s_order = new(
        "^(none|plain|clear-exclusive|fence (isb|(r|w|rw)->(r|w|rw))|(exclusive|rmw|cas)(-acquire)?(-release)?(-sc)?|acquire|acquire-pc|release|sc)$", RegexOptions.CultureInvariant);

    private static readonly Regex s_atomic = new(@"^(-|\d+(x\d+)?(\|\d+(x\d+)?)*)$", RegexOptions.CultureInvariant);

    private OrderTable(IReadOnlyList<OrderRow> rows) => Rows = rows;

    public IReadOnlyList<OrderRow> Rows { get; }

    /// <summary>Reads a table; what is no row is reported and left out.</summary>
    public static OrderTable Parse(IsaSource source, DiagnosticBag diagnostics)
    {
        List<OrderRow> rows = [];
        bool isHead = true;
        string[] lines = source.Text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (isHead)
            {
                isHead = false;
                continue;
            }

            var span = new TextSpan(source.Path, i + 1, 1, i + 1, line.Length + 1);
            string[] cells = line.Split('\t');
            if (cells.Length == 4 && cells[0].Length > 0 && s_order.IsMatch(cells[2]) && s_atomic.IsMatch(cells[3]))
            {
                rows.Add(new OrderRow(span, cells[0], cells[1], cells[2], cells[3].Split('|')));
            }
            else
            {
                diagnostics.Report(Rules.BadOrderRow, span);
            }
        }

        return new OrderTable(rows);
    }
}

/// <summary>A row: <paramref name="Order"/> is <c>plain</c>, <c>rmw-acquire-release</c>, <c>fence r->rw</c> ..; <paramref name="Atomic"/> the bits of each atomic unit it may have, <c>64x2</c> for two.</summary>
internal sealed record OrderRow(TextSpan Span, string Mnemonic, string Section, string Order, IReadOnlyList<string> Atomic);
