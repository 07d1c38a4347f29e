using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Serial;

/// <summary>Bytes on their way to a guest, with room for so many. Guarded by the big lock.</summary>
[UnderBigLock]
internal sealed class SerialInput(int capacity)
{
    private readonly Queue<byte> _bytes = new();

    /// <summary>Whether there is a byte.</summary>
    public bool CanRead => _bytes.Count > 0;

    /// <summary>Whether there is no room.</summary>
    public bool IsFull => _bytes.Count >= capacity;

    /// <summary>Puts a byte behind the others.</summary>
    public void Add(byte value) => _bytes.Enqueue(value);

    /// <summary>Takes the first byte.</summary>
    public bool TryRead(out byte value) => _bytes.TryDequeue(out value);
}
