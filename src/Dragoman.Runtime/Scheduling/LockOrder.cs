using System.Diagnostics;

namespace Dragoman.Runtime.Scheduling;

/// <summary>Checks the lock order in debug builds; costs nothing in others.</summary>
internal static class LockOrder
{
    [ThreadStatic]
    private static HeldLocks s_held;

    /// <summary>This thread is about to take a lock.</summary>
    [Conditional("DEBUG")]
    public static void Take(LockRank rank) => s_held.Take(rank);

    /// <summary>This thread gives a lock back.</summary>
    [Conditional("DEBUG")]
    public static void Release(LockRank rank) => s_held.Release(rank);

    /// <summary>Where this thread may wait for other vCPUs, or runs guest code, it holds no lock.</summary>
    [Conditional("DEBUG")]
    public static void CheckNoneHeld(string where) => Debug.Assert(!s_held.Any, $"{s_held.Text()} is held {where}.");
}
