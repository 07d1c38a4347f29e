using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Serial;

/// <summary>What is at the other end of a serial device: a terminal, a file, a test. Guarded by the big lock, where nothing else is said.</summary>
public interface ISerialPort
{
    /// <summary>Told when there is something to read, with the big lock held.</summary>
    Action? Arrived { get; set; }

    /// <summary>Told, with the big lock held, when the other end takes bytes more slowly than the guest sends them: the machine should wait in <see cref="WaitForRoom"/>.</summary>
    Action? Filled { get => null; set => _ = value; }

    /// <summary>Whether more than enough waits for the other end. It is all taken none the less; a device that can should wait for <see cref="Emptied"/>.</summary>
    bool IsFull => false;

    /// <summary>Told, with the big lock held, when the port is no longer full.</summary>
    Action? Emptied { get => null; set => _ = value; }

    /// <summary>Takes what the guest sends; does not wait.</summary>
    [UnderBigLock]
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the other end has caught up, but no longer than some milliseconds; false when it has not. Any thread, without the big lock.</summary>
    bool WaitForRoom(int milliseconds) => true;

    /// <summary>Whether there is a byte for the guest.</summary>
    bool CanRead { get; }

    /// <summary>The next byte for the guest, if there is one.</summary>
    [UnderBigLock]
    bool TryRead(out byte value);
}
