using System.Text;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Isa.Decoding;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Conformance.Tests.Order;

/// <summary>
/// The ops that the frontend makes of each encoding against the manual's table: an access that lacks its acquire, a release too weak, or a size
/// that is not the architecture's atomic unit shows here, whatever the description says.
/// </summary>
/// <param name="guest">Whose frontend is tried.</param>
/// <param name="description">Its encodings.</param>
/// <param name="table">Its manual's table.</param>
/// <param name="mayAccess">Files of the description whose instructions are sampled densely, by the beginnings of their names.</param>
/// <param name="privileged">The <c>tbstate</c> of privileged software, as which an instruction is tried that does nothing to memory in a process.</param>
public sealed unsafe class OrderComparison(IGuest guest, Description description, OrderTable table, string[] mayAccess, ITestOutputHelper output, ulong privileged = 0)
{
    private readonly DisasContext _context = new()
    {
        Tcg = new TcgContext(guest.Globals, guest.PcOffset), TbPc = 0x1000, Pc = 0x1000, CodeAvailable = 4, Parallel = true,
    };

    /// <summary>Fails with one example of each mnemonic whose ops are not what the table says, and on rows that nothing met.</summary>
    public void Check()
    {
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        HashSet<OrderRow> met = [];
        int accesses = 0;
        foreach (uint word in description.Encodings.SelectMany(Sample))
        {
            string text = Text(word);
            if (text.StartsWith('.'))
            {
                continue;
            }

            string[] ops = [.. MemoryOps(word, 0).Select(Describe).Distinct()];
            if (ops.Length == 0 && privileged != 0)
            {
                ops = [.. MemoryOps(word, privileged).Select(Describe).Distinct()];
            }

            OrderRow? row = table.Find(text);
            accesses += ops.Length;
            if (row is not null)
            {
                met.Add(row);
            }

            string[] expected = Expected(row, text);
            if (ops.Length == 0 ? expected.Length > 0 : !ops.All(expected.Contains))
            {
                wrong.TryAdd(row?.Mnemonic ?? text.Split(' ')[0], $"{word:X8} {text}: {string.Join(", ", ops)}; the manual: {string.Join(" or ", expected)}");
            }
        }

        output.WriteLine($"{accesses} accesses, {met.Count} rows of the table");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Values));
        Assert.Equal("", string.Join(", ", table.Rows.Where(r => !met.Contains(r)).Select(r => r.Mnemonic)));
    }

    // Where there are accesses every combination of size and order is met, with a result and (STADD ..) without.
    private IEnumerable<uint> Sample(InstructionEncoding encoding)
    {
        string file = Path.GetFileName(encoding.Item.Name.Span.File);
        bool isDense = mayAccess.Any(file.StartsWith);
        foreach (uint word in new EncodingSampler(encoding, 8).Sample(isDense ? 900 : 10))
        {
            yield return word;
            if (isDense && encoding.Fields.Any(f => f is { Name: "rt", Low: 0 }))
            {
                yield return word | 31;
            }
        }
    }

    private string Text(uint word)
    {
        var text = new StringBuilder();
        guest.Disassemble(BitConverter.GetBytes(word), 0x1000, text);
        return text.ToString();
    }

    private List<Op> MemoryOps(uint word, ulong tbFlags)
    {
        _context.TbFlags = tbFlags;
        _context.Tcg.Reset();
        _context.Tcg.InsnStart(0x1000);
        _context.Code = (byte*)&word;
        guest.TranslateInstruction(_context);
        List<Op> found = [];
        foreach (Op op in _context.Tcg.Ops)
        {
            if (op.Opcode is Opcode.Mb or Opcode.Clrex || op.Opcode.ToString() is ['Q', 'e', 'm', 'u', ..] or ['A', 't', 'o', 'm', 'i', 'c', ..])
            {
                found.Add(op);
            }
        }

        return found;
    }

    /// <summary>As a row of the table would have it: order, and bits of the atomic unit.</summary>
    private static string Describe(Op op)
    {
        if (op.Opcode == Opcode.Mb)
        {
            return (MemBarrier)op.Imm0 switch
            {
                MemBarrier.All => "fence rw->rw",
                MemBarrier.LoadLoad | MemBarrier.LoadStore => "fence r->rw",
                MemBarrier.StoreStore => "fence w->w",
                var other => "fence " + other,
            };
        }

        if (op.Opcode == Opcode.Clrex)
        {
            return "clear-exclusive";
        }

        var access = (MemOp)(op.Opcode is Opcode.QemuLd or Opcode.QemuSt ? op.Imm1 : op.Imm0);
        string kind = op.Opcode switch
        {
            Opcode.QemuLd or Opcode.QemuSt => "",
            Opcode.QemuLdx or Opcode.QemuStx => "exclusive",
            Opcode.AtomicCmpxchg => "cas",
            _ => "rmw",
        };
        string order = ((access & MemOp.Acquire) != 0 ? "-acquire" : "") + ((access & MemOp.AcquirePc) != 0 ? "-acquire-pc" : "") + ((access & MemOp.Release) != 0 ? "-release" : "");
        string name = (kind + order).TrimStart('-');
        int bits = 8 << (int)(access & MemOp.SizeMask);
        int atom = (int)(access & MemOp.AtomMask) >> (int)MemOp.AtomShift;
        int unit = atom == 0 ? bits : Math.Min(bits, 4 << atom);
        string units = op.Opcode == Opcode.QemuLdx && unit < bits ? $"{unit}x{bits / unit}" : unit.ToString();
        bool isAligned = kind.Length == 0 && order.Length == 0 || bits == 8 || (access & MemOp.Align) != 0;
        return $"{(name.Length == 0 ? "plain" : name)} {units}{(isAligned ? "" : " unaligned")}";
    }

    private static string[] Expected(OrderRow? row, string text)
    {
        if (row is null || row.Order is "fence isb" or "none")
        {
            return [];
        }

        if (row.Atomic == "-")
        {
            return [row.Order];
        }

        // C6.2.171: an acquiring atomic whose result goes to the zero register does not acquire.
        string order = row.Order.StartsWith("rmw", StringComparison.Ordinal) && text.Contains("zr, [", StringComparison.Ordinal)
            ? row.Order.Replace("-acquire", "", StringComparison.Ordinal)
            : row.Order;
        return [.. row.Atomic.Split('|').Select(bits => $"{order} {bits}")];
    }
}
