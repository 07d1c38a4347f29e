using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Runtime.Guests;

/// <summary>
/// One access or barrier of an instruction, or what it does to TLBs and to what vCPUs share, as its description says it; the list of a guest is emitted from its description.
/// </summary>
/// <param name="Instruction">Name of the <c>insn</c>.</param>
/// <param name="Section">Its documentation: section and title in the manual.</param>
/// <param name="Verb">What it does: <c>load</c>, <c>store</c>, <c>load pair</c>, <c>rmw add</c>, <c>fence</c>, <c>flush TLB (helper)</c> ..</param>
/// <param name="Bits">Bits of an access, for each copy of the instruction: <c>8 16 32 64</c>; empty for barriers.</param>
/// <param name="Order">Guest order: <c>plain</c>, <c>acquire</c>, <c>release if r</c>; for a fence what it orders.</param>
/// <param name="Alignment"><c>size</c> when the address must be a multiple of the access's size, else <c>any</c>; empty for barriers.</param>
/// <param name="Atom">Bits that are single-copy atomic where they are fewer than the access's: <c>64</c>; else empty.</param>
/// <param name="Samples">
/// How many encodings of the instruction the description gives to random tests, which compare what it does with the oracle's or the processor's: its rows, or the words of its test lines.
/// </param>
public sealed record AuditEntry(string Instruction, string Section, string Verb, string Bits, string Order, string Alignment, string Atom, int Samples)
{
    private static readonly (string Name, MemOp Bit)[] s_orders =
        [("acquire", MemOp.Acquire), ("acquire-pc", MemOp.AcquirePc), ("release", MemOp.Release), ("sc", MemOp.SeqCst), ("plain", default), ("", default)];

    private static readonly AccessFallback s_none = new("-", "-");
    private static readonly AccessFallback s_compares = new("compares code with its source", "the code's lock");

    // What neither accesses memory inline nor orders anything.
    private static readonly Dictionary<string, AccessFallback> s_otherEffects = new()
    {
        ["flush TLB"] = new("helper, ends the TB", "the TLB's lock; work queues for the others'"),
        ["device"] = new("helper", "BQL"),
        ["shared state"] = new("helper: atomics", "work queues where it wakes or sends"),
        ["memory"] = new("helper: page tables by atomics", "-"),
        ["board"] = new("leaves translated code", "BQL"),
        ["wait"] = new("leaves translated code", "-"),
        ["probe"] = new("TLB miss: slow path", "-"),
        ["invalidate code"] = s_compares,
        ["invalidate all code"] = s_compares,
        ["clear exclusive"] = s_none,
        ["clean data"] = s_none,
    };

    /// <summary>What it does in the terms of the IR; null for what neither accesses memory nor orders anything.</summary>
    public AccessKind? Kind => Verb switch
    {
        "load" or "load pair" => AccessKind.Load,
        "store" or "store pair" => AccessKind.Store,
        "load exclusive" => AccessKind.LoadExclusive,
        "store exclusive" => AccessKind.StoreExclusive,
        "compare and swap" => AccessKind.Atomic,
        "fence" => AccessKind.Fence,
        "instruction barrier" => AccessKind.InstructionBarrier,
        _ => Verb.StartsWith("rmw", StringComparison.Ordinal) ? AccessKind.Atomic : null,
    };

    /// <summary>Every order that the access can have: <c>acquire if a, release if r</c> is with and without each. The last is the strongest.</summary>
    public IReadOnlyList<MemOp> Orders
    {
        get
        {
            IEnumerable<MemOp> orders = [default];
            if (Kind == AccessKind.Fence)
            {
                return [.. orders];
            }

            foreach (string part in Order.Split(", "))
            {
                MemOp bit = s_orders.First(o => o.Name == part.Split(' ')[0]).Bit;
                bool isOptional = part.Contains(" if ", StringComparison.Ordinal);
                orders = orders.SelectMany(order => isOptional ? new[] { order, order | bit } : [order | bit]);
            }

            return [.. orders];
        }
    }

    /// <summary>What a fence orders.</summary>
    public MemBarrier Barrier
    {
        get
        {
            string[] sides = Order.Split(" -> ");
            return sides.Length != 2 ? MemBarrier.None
                : Bit('r', 'r', MemBarrier.LoadLoad) | Bit('r', 'w', MemBarrier.LoadStore) | Bit('w', 'r', MemBarrier.StoreLoad) | Bit('w', 'w', MemBarrier.StoreStore);

            MemBarrier Bit(char from, char to, MemBarrier bit) => sides[0].Contains(from) && sides[1].Contains(to) ? bit : MemBarrier.None;
        }
    }

    /// <summary>Whether it is known to be neither access nor barrier.</summary>
    public bool IsOtherEffect => s_otherEffects.ContainsKey(Effect);

    // What it is called, without how: 'flush TLB' of 'flush TLB (helper)'.
    private string Effect => Verb.Split(" (")[0];

    /// <summary>Where it goes beside its inline form, and what it takes there (docs/softmmu.md).</summary>
    public AccessFallback Fallback => Kind is { } kind ? AccessFallback.Of(kind) : s_otherEffects.GetValueOrDefault(Effect, s_none);

    /// <summary>What the IL backend makes of it on a host while several vCPUs run, and whether that is stronger than the guest asks.</summary>
    /// <param name="host">The host.</param>
    /// <param name="guest">What orders the guest's plain accesses.</param>
    public string On(HostLowering host, MemoryOrder guest) => Kind is { } kind ? host.Describe(kind, Orders[^1], Barrier, guest == MemoryOrder.Tso) : "-";
}
