namespace Dragoman.Runtime.Guests;

/// <summary>One access or barrier of an instruction, as its description says it; the list of a guest is emitted from its description.</summary>
/// <param name="Instruction">Name of the <c>insn</c>.</param>
/// <param name="Section">Its documentation: section and title in the manual.</param>
/// <param name="Verb">What it does: <c>load</c>, <c>store</c>, <c>load pair</c>, <c>rmw add</c>, <c>fence</c> ..</param>
/// <param name="Bits">Bits of an access, for each copy of the instruction: <c>8 16 32 64</c>; empty for barriers.</param>
/// <param name="Order">Guest order: <c>plain</c>, <c>acquire</c>, <c>release if r</c>; for a fence what it orders.</param>
/// <param name="Alignment"><c>size</c> when the address must be a multiple of the access's size, else <c>any</c>; empty for barriers.</param>
/// <param name="Atom">Bits that are single-copy atomic where they are fewer than the access's: <c>64</c>; else empty.</param>
public sealed record AuditEntry(string Instruction, string Section, string Verb, string Bits, string Order, string Alignment, string Atom)
{
    private bool IsAtomic => Verb.StartsWith("rmw", StringComparison.Ordinal) || Verb is "compare and swap" or "store exclusive";

    private bool IsReleasing => Order.Contains("release", StringComparison.Ordinal);

    /// <summary>What the IL backend makes of it on an x64 host while several vCPUs run (TSO: only store-load needs a fence; Intel SDM 3A, 9.2.3.4).</summary>
    public string OnX64 => this switch
    {
        { Verb: "fence" } => Order.Contains("rw -> rw", StringComparison.Ordinal) ? "full fence" : "none needed",
        { IsAtomic: true } => "locked instruction",
        { Verb: "load exclusive" } => "mov, value kept",
        { Verb: "store" or "store pair", IsReleasing: true } => "mov, full fence",
        { Verb: "load" or "store" or "load pair" or "store pair" } => "mov",
        _ => "-",
    };

    /// <summary>The same on an Arm64 host; what is stronger there than the guest asks is marked.</summary>
    public string OnArm64 => this switch
    {
        { Verb: "fence" } => Order.Contains("rw -> rw", StringComparison.Ordinal) ? "dmb ish" : "dmb ish (stronger)",
        { IsAtomic: true } => Order.Contains("acquire", StringComparison.Ordinal) && IsReleasing ? "Interlocked" : "Interlocked (stronger)",
        { Verb: "load exclusive" } => "volatile load, value kept",
        { Verb: "store" or "store pair", IsReleasing: true } => "dmb ish, stlr, dmb ish (stronger)",
        { Verb: "load" or "load pair" } => "volatile load (stronger when plain)",
        { Verb: "store" or "store pair" } => "volatile store (stronger)",
        _ => "-",
    };
}
