namespace Dragoman.Litmus.Executions;

/// <summary>A vCPU block of which each byte knows the reads that its value was computed from.</summary>
internal sealed class TrackedState(byte[] initial)
{
    private readonly byte[] _values = [.. initial];
    private readonly ulong[] _reads = new ulong[initial.Length];

    public TrackedValue Load(int offset, int bytes)
    {
        UInt128 value = 0;
        ulong reads = 0;
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = (value << 8) | _values[offset + i];
            reads |= _reads[offset + i];
        }

        return new TrackedValue(value, reads);
    }

    public void Store(int offset, int bytes, TrackedValue value)
    {
        for (int i = 0; i < bytes; i++)
        {
            _values[offset + i] = (byte)(value.Value >> (8 * i));
            _reads[offset + i] = value.Reads;
        }
    }

    /// <summary>Becomes what it began as.</summary>
    public void Clear()
    {
        initial.CopyTo(_values, 0);
        Array.Clear(_reads);
    }
}

/// <summary>A value and the reads, bit i for access i of the thread, that it was computed from.</summary>
internal readonly record struct TrackedValue(UInt128 Value, ulong Reads)
{
    public ulong Low => (ulong)Value;
}
