namespace Dragoman.Litmus.Executions;

/// <summary>Every value that some thread may write somewhere, or that is there at the start: from these a read's possible values follow.</summary>
internal sealed class KnownWrites
{
    private readonly HashSet<(ulong Address, int Bytes, UInt128 Value)> _writes = [];

    public int Count => _writes.Count;

    public void Add(ulong address, int bytes, UInt128 value) => _writes.Add((address, bytes, value));

    /// <summary>The values that a read may find: for each of its parts that writes tell apart, one of those that are written there.</summary>
    public IReadOnlyList<UInt128> ValuesAt(ulong address, int bytes)
    {
        List<(ulong Address, int Bytes, UInt128 Value)> there =
            [.. _writes.Where(w => w.Address < address + (ulong)bytes && address < w.Address + (ulong)w.Bytes)];
        ulong end = address + (ulong)bytes;
        ulong[] bounds = [.. there
            .SelectMany(w => new[] { w.Address, w.Address + (ulong)w.Bytes })
            .Append(address).Append(end)
            .Where(bound => bound >= address && bound <= end)
            .Distinct().Order()];
        HashSet<UInt128> values = [0];
        for (int i = 0; i + 1 < bounds.Length; i++)
        {
            (ulong start, int length) = (bounds[i], (int)(bounds[i + 1] - bounds[i]));
            List<UInt128> parts = [.. there
                .Where(w => w.Address <= start && start + (ulong)length <= w.Address + (ulong)w.Bytes)
                .Select(w => Bits.Slice(w.Value, (int)(start - w.Address), length))
                .Distinct()];
            if (parts.Count == 0)
            {
                throw new LitmusException($"the test accesses address 0x{start:x}, where it has no variable");
            }

            int shift = 8 * (int)(start - address);
            values = [.. values.SelectMany(value => parts.Select(part => value | (part << shift)))];
        }

        return [.. values];
    }
}

/// <summary>Bytes of values up to 16 bytes wide.</summary>
internal static class Bits
{
    public static UInt128 Mask(int bytes) => bytes >= 16 ? UInt128.MaxValue : (UInt128.One << (8 * bytes)) - 1;

    /// <summary>Some bytes of a value; those above the sixteenth, as of an array, are 0.</summary>
    public static UInt128 Slice(UInt128 value, int first, int bytes) => first >= 16 ? 0 : (value >> (8 * first)) & Mask(bytes);
}
