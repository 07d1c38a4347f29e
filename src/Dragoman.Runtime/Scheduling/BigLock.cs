namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// The lock of a machine's devices and of what vCPUs share outside memory (QEMU's BQL). Taken round device accesses and interrupts; never held in
/// translated code, nor while waiting for other vCPUs. The first in the lock order (<see cref="LockRank"/>); it nests.
/// </summary>
public sealed class BigLock
{
    private readonly OrderedLock _lock = new(LockRank.Big);

    /// <summary>Whether this thread holds it.</summary>
    public bool IsHeld => _lock.IsHeld;

    /// <summary>Takes the lock.</summary>
    public void Enter() => _lock.Enter();

    /// <summary>Gives it back.</summary>
    public void Exit() => _lock.Exit();
}
