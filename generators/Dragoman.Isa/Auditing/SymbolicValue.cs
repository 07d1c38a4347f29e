using System.Numerics;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// What is known of a value without running the guest: a sum of terms that stand for themselves and a number, so that equal sums are equal values, and
/// the accesses that it was made from.
/// </summary>
internal sealed class SymbolicValue(string terms, BigInteger offset, IReadOnlyCollection<MemoryRange> loads)
{
    private static readonly BigInteger s_modulus = BigInteger.One << 64;

    /// <summary>Names of the terms, sorted, each ended by a space; empty for a number.</summary>
    public string Terms { get; } = terms;

    /// <summary>The number, as a signed one of 64 bits.</summary>
    public BigInteger Offset { get; } = Signed(offset);

    /// <summary>What was loaded to make it.</summary>
    public IReadOnlyCollection<MemoryRange> Loads { get; } = loads;

    /// <summary>Elements, of a tuple whose elements are known one by one.</summary>
    public IReadOnlyList<SymbolicValue>? Items { get; init; }

    /// <summary>Text that equal values share.</summary>
    public string Key => Terms + Offset;

    public static SymbolicValue Number(BigInteger value) => new("", value, []);

    public static SymbolicValue Sum(SymbolicValue a, SymbolicValue b) => new(
        string.Concat((a.Terms + b.Terms).Split([' '], StringSplitOptions.RemoveEmptyEntries).OrderBy(t => t, StringComparer.Ordinal).Select(t => t + " ")),
        a.Offset + b.Offset,
        Join(a.Loads, b.Loads));

    /// <summary>This value, made from more.</summary>
    public SymbolicValue With(IReadOnlyCollection<MemoryRange> loads) => new(Terms, Offset, Join(Loads, loads)) { Items = Items };

    public static IReadOnlyCollection<MemoryRange> Join(IReadOnlyCollection<MemoryRange> a, IReadOnlyCollection<MemoryRange> b) =>
        a.Count == 0 ? b : b.Count == 0 ? a : new HashSet<MemoryRange>(a.Concat(b));

    private static BigInteger Signed(BigInteger value)
    {
        value = ((value % s_modulus) + s_modulus) % s_modulus;
        return value >= s_modulus / 2 ? value - s_modulus : value;
    }
}

/// <summary>Bytes of memory: from a base plus a number on.</summary>
internal sealed record MemoryRange(string Terms, BigInteger Offset, int Bytes)
{
    public static MemoryRange At(SymbolicValue address, int bits) => new(address.Terms, address.Offset, bits / 8);

    /// <summary>Whether both have a byte in common, as far as can be told: addresses with other terms count as apart.</summary>
    public bool Overlaps(MemoryRange other) => Terms == other.Terms && Offset < other.Offset + other.Bytes && other.Offset < Offset + Bytes;
}
