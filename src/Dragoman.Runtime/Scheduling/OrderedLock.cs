namespace Dragoman.Runtime.Scheduling;

/// <summary>A lock with its place in the lock order, which debug builds check.</summary>
internal sealed class OrderedLock(LockRank rank)
{
    private readonly object _monitor = new();

    /// <summary>Whether this thread holds it.</summary>
    public bool IsHeld => Monitor.IsEntered(_monitor);

    /// <summary>Takes the lock; disposing of what this returns gives it back.</summary>
    public Scope Enter()
    {
        LockOrder.Take(rank);
        Monitor.Enter(_monitor);
        return new Scope(this);
    }

    /// <summary>Gives the lock back.</summary>
    public void Exit()
    {
        Monitor.Exit(_monitor);
        LockOrder.Release(rank);
    }

    /// <summary>Gives the lock back until somebody calls <see cref="PulseAll"/>. Held.</summary>
    public void Wait() => Monitor.Wait(_monitor);

    /// <summary>The same for at most so many milliseconds. Held.</summary>
    public void Wait(int milliseconds) => Monitor.Wait(_monitor, milliseconds);

    /// <summary>Has all that wait look again. Held.</summary>
    public void PulseAll() => Monitor.PulseAll(_monitor);

    /// <summary>The time for which the lock is held.</summary>
    public readonly ref struct Scope(OrderedLock taken)
    {
        /// <summary>Gives the lock back.</summary>
        public void Dispose() => taken.Exit();
    }
}
