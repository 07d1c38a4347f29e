namespace Dragoman.Litmus.Running;

/// <summary>Lets threads go on at as nearly the same time as can be: they spin, and yield only when somebody is late.</summary>
internal sealed class SpinBarrier(int participants)
{
    private const int SpinsBeforeYield = 2000;

    // Arrivals of the current round, by Interlocked; the last one resets it before it publishes the new round.
    private int _arrived;

    // Number of the round, published by the last to arrive: its release, and the others' acquire, hand over what was written before the barrier.
    private int _round;

    // Set once, by any thread.
    private int _broken;

    /// <summary>Number of the round: what changes while threads go on. Any thread.</summary>
    public int Round => Volatile.Read(ref _round);

    /// <summary>Waits for the others.</summary>
    /// <returns>False when the barrier was broken.</returns>
    public bool Wait()
    {
        int round = Volatile.Read(ref _round);
        if (Interlocked.Increment(ref _arrived) == participants)
        {
            _arrived = 0;
            Volatile.Write(ref _round, round + 1);
            return Volatile.Read(ref _broken) == 0;
        }

        for (int spins = 0; Volatile.Read(ref _round) == round; spins++)
        {
            if (Volatile.Read(ref _broken) != 0)
            {
                return false;
            }

            if (spins > SpinsBeforeYield)
            {
                Thread.Yield();
            }
        }

        return Volatile.Read(ref _broken) == 0;
    }

    /// <summary>Lets everybody go, now and later. Any thread.</summary>
    public void Break() => Volatile.Write(ref _broken, 1);
}
