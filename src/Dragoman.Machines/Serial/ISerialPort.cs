namespace Dragoman.Machines.Serial;

/// <summary>What is at the other end of a serial device: a terminal, a file, a test. Guarded by the big lock.</summary>
public interface ISerialPort
{
    /// <summary>Told when there is something to read, with the big lock held.</summary>
    Action? Arrived { get; set; }

    /// <summary>Takes what the guest sends.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Whether there is a byte for the guest.</summary>
    bool CanRead { get; }

    /// <summary>The next byte for the guest, if there is one.</summary>
    bool TryRead(out byte value);
}
