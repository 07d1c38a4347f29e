namespace Dragoman.Isa.Syntax;

/// <summary><c>prefixes { .. }</c>: what may stand before the opcode.</summary>
public sealed record PrefixesEntry(TextSpan Span, IReadOnlyList<PrefixSyntax> Prefixes) : IsaEntry(Span);

/// <summary><c>F2 | F3: rep</c>, <c>40..4F: rex { W R X B } when code64 last</c>, <c>C5: vex { ~R ~vvvv:4 L pp:2 } map 1 ..</c>.</summary>
/// <param name="Bytes">Byte values, from and to.</param>
/// <param name="Fields">Of a range: the low bits of the byte; of a single byte: the bytes after it.</param>
/// <param name="Map">The opcode map that it implies.</param>
/// <param name="When">Otherwise the byte is an opcode.</param>
/// <param name="Unallocated">Then the instruction is undefined.</param>
/// <param name="IsLast">Has effect only directly before the opcode.</param>
/// <param name="IsAtomic">Makes the instruction's <c>rmw</c> atomic, and must not stand before others.</param>
/// <param name="Repeats">The view that counts the repetitions of an instruction that is marked <c>rep</c>.</param>
public sealed record PrefixSyntax(
    TextSpan Span,
    IReadOnlyList<(int From, int To)> Bytes,
    Name Name,
    IReadOnlyList<BitField> Fields,
    int? Map,
    Expression? When,
    Expression? Unallocated,
    bool IsLast,
    bool IsAtomic,
    Name? Repeats)
{
    /// <summary>Its fields lie in bytes of their own, behind it; then comes the opcode.</summary>
    public bool HasPayload => Fields.Count > 0 && Bytes.Count == 1 && Bytes[0].From == Bytes[0].To;
}

/// <summary><c>name:3</c>, <c>name</c> (one bit), <c>~name</c> (stored inverted).</summary>
public sealed record BitField(TextSpan Span, Name Name, int Width, bool IsInverted);

/// <summary><c>mandatory { 66: 1, F3: 2, F2: 3 }</c>: prefixes that select an opcode, weakest first, and what the vector prefixes' <c>pp</c> says for them.</summary>
public sealed record MandatoryEntry(TextSpan Span, IReadOnlyList<(int Byte, int Value)> Prefixes) : IsaEntry(Span);

/// <summary><c>maps { 0F: 1, 0F 38: 2 }</c>: escape bytes and the number of the opcode map behind them; map 0 has none.</summary>
public sealed record MapsEntry(TextSpan Span, IReadOnlyList<(IReadOnlyList<int> Escape, int Map)> Maps) : IsaEntry(Span);

/// <summary><c>modrm { mod:2 reg:3 rm:3 }</c> or <c>sib { scale:2 index:3 base:3 } when e</c>: a byte of fields, most significant first.</summary>
public sealed record FieldByteEntry(TextSpan Span, bool IsSib, IReadOnlyList<BitField> Fields, Expression? When) : IsaEntry(Span);

/// <summary><c>disp e</c>: bits of the displacement behind ModRM and SIB.</summary>
public sealed record DisplacementEntry(TextSpan Span, Expression Bits) : IsaEntry(Span);

/// <summary><c>widths { v = e; .. }</c>: the letters of operand sizes.</summary>
public sealed record WidthsEntry(TextSpan Span, IReadOnlyList<WidthSyntax> Widths) : IsaEntry(Span);

/// <summary>One size: bits, an expression over prefixes, <c>tbstate</c> and earlier sizes.</summary>
/// <param name="IsEach"><c>each</c>: these are the bits that each part of an operand has.</param>
public sealed record WidthSyntax(TextSpan Span, Name Name, Expression Value, bool IsEach = false);

/// <summary><c>parts e</c>: how many parts there are of operands whose size is <c>each</c>; bodies are done for each part.</summary>
public sealed record PartsEntry(TextSpan Span, Expression Count) : IsaEntry(Span);
