namespace Dragoman.Machines.Serial;

/// <summary>A line that ends nowhere.</summary>
public sealed class NoPort : ISerialPort
{
    /// <inheritdoc/>
    public Action? Arrived { get; set; }

    /// <inheritdoc/>
    public bool CanRead => false;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
    }

    /// <inheritdoc/>
    public bool TryRead(out byte value)
    {
        value = 0;
        return false;
    }
}
