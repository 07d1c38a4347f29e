using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Auditing;

/// <summary>One access or barrier of an instruction, or what it does to TLBs and to what vCPUs share, as its description says it.</summary>
/// <param name="Span">Where the description says it.</param>
/// <param name="Verb"><c>load</c>, <c>store pair</c>, <c>rmw add</c>, <c>fence</c> ..</param>
/// <param name="Bits">Bits of an access (of each half of a pair); 0 for what accesses nothing.</param>
/// <param name="Order">What orders an access; empty when it is plain.</param>
/// <param name="Barrier">What a fence orders, <c>r -> rw</c>; else empty.</param>
/// <param name="Alignment"><c>size</c> when the address must be a multiple of the access's size, else <c>any</c>; empty for what accesses nothing.</param>
/// <param name="AtomBits">Bits that are single-copy atomic where the description says fewer than the access's.</param>
internal sealed record MemoryAccess(TextSpan Span, string Verb, int Bits, IReadOnlyList<OrderPart> Order, string Barrier, string Alignment, int? AtomBits)
{
    /// <summary>It loads, or may.</summary>
    public bool IsLoad => Verb.StartsWith("load", StringComparison.Ordinal) || IsUpdate;

    /// <summary>It stores, or may.</summary>
    public bool IsStore => Verb.StartsWith("store", StringComparison.Ordinal) || IsUpdate;

    private bool IsUpdate => Verb.StartsWith("rmw", StringComparison.Ordinal) || Verb == "compare and swap" || Verb.StartsWith(OutsideAccess.Memory, StringComparison.Ordinal);

    /// <summary>The order in words, as the audit prints it.</summary>
    public string OrderText => Bits == 0 ? Barrier : Order.Count == 0 ? "plain" : string.Join(", ", Order);

    /// <summary>Every order and atomic unit that it can have, in the terms of the manual's table: <c>rmw-acquire</c> and <c>32</c>, <c>exclusive</c> and <c>64x2</c>.</summary>
    public IEnumerable<(string Order, string Atomic)> Classes
    {
        get
        {
            if (Bits == 0)
            {
                return Verb switch
                {
                    "fence" => [("fence " + Barrier.Replace(" ", ""), "-")],
                    "instruction barrier" => [("fence isb", "-")],
                    "clear exclusive" => [("clear-exclusive", "-")],
                    _ => [],
                };
            }

            string kind = Verb.StartsWith("rmw", StringComparison.Ordinal) ? "rmw"
                : Verb == "compare and swap" ? "cas"
                : Verb.EndsWith("exclusive", StringComparison.Ordinal) ? "exclusive"
                : "";
            IEnumerable<string> orders = [kind];
            foreach (OrderPart part in Order.OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                orders = orders.SelectMany(o => part.Condition is null ? new[] { $"{o}-{part.Name}" } : [o, $"{o}-{part.Name}"]);
            }

            int unit = Math.Min(Bits, AtomBits ?? Bits);
            string atomic = kind == "exclusive" && unit < Bits ? $"{unit}x{Bits / unit}" : unit.ToString();
            return orders.Select(o => o.TrimStart('-')).Select(o => (o.Length == 0 ? "plain" : o, atomic));
        }
    }
}

/// <summary><c>acquire</c>, <c>acquire-pc</c>, <c>release</c> or <c>sc</c>; with a condition over fields where it is not always so.</summary>
internal sealed record OrderPart(string Name, string? Condition = null)
{
    public override string ToString() => Condition is null ? Name : $"{Name} if {Condition}";
}
