using System.Runtime.ExceptionServices;

namespace Dragoman.Runtime.Scheduling;

/// <summary>Work that other threads have queued for one vCPU: first in, first out.</summary>
internal sealed class WorkQueue
{
    // Guarded by the scheduler's gate, both.
    private readonly Queue<Item> _items = [];
    private bool _closed;

    /// <summary>Guarded by the scheduler's gate.</summary>
    public void Enqueue(Item item)
    {
        ObjectDisposedException.ThrowIf(_closed, "The vCPU has ended.");
        _items.Enqueue(item);
    }

    /// <summary>Guarded by the scheduler's gate.</summary>
    public Item? Dequeue() => _items.TryDequeue(out var item) ? item : null;

    /// <summary>Guarded by the scheduler's gate.</summary>
    public bool IsEmpty => _items.Count == 0;

    /// <summary>Refuses further work. Guarded by the scheduler's gate.</summary>
    public void Close() => _closed = true;

    /// <summary>One piece of work.</summary>
    public sealed class Item(Action work, bool isExclusive)
    {
        public Action Work { get; } = work;

        public bool IsExclusive { get; } = isExclusive;

        /// <summary>Guarded by the scheduler's gate.</summary>
        public bool IsDone { get; set; }

        /// <summary>What the work threw, for the waiter. Guarded by the scheduler's gate.</summary>
        public ExceptionDispatchInfo? Error { get; set; }

        /// <summary>True when somebody waits and takes the error.</summary>
        public bool IsWaitedFor { get; init; }
    }
}
