namespace Dragoman.Litmus.Executions;

/// <summary>A vCPU block of which each byte knows the reads that its value was computed from.</summary>
internal sealed class TrackedState(int bytes)
{
    private readonly byte[] _values = new byte[bytes];
    private readonly ulong[] _reads = new ulong[bytes];

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

    public void Clear()
    {
        Array.Clear(_values);
        Array.Clear(_reads);
    }
}

/// <summary>A value and the reads, bit i for access i of the thread, that it was computed from.</summary>
internal readonly record struct TrackedValue(UInt128 Value, ulong Reads)
{
    public ulong Low => (ulong)Value;
}
