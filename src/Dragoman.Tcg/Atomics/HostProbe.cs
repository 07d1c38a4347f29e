namespace Dragoman.Tcg.Atomics;

/// <summary>Finds out whether host memory may be written, by writes that change nothing. They fault like any access: the runtime's fault path applies.</summary>
/// <remarks>Any thread may call it. Other threads' stores are not lost: each write is a locked compare-and-swap of a byte with itself.</remarks>
public static unsafe class HostProbe
{
    /// <summary>Smallest pages of the hosts. Larger ones are probed more often than need be.</summary>
    public const int PageBytes = 4096;

    /// <summary>Whether a range lies across a page's end.</summary>
    public static bool IsAcross(nint address, int bytes) => ((int)address & (PageBytes - 1)) + bytes > PageBytes;

    /// <summary>Faults where a store of so many bytes (up to a page) would: at the first of them, or at the second page's begin.</summary>
    public static void Write(nint address, int bytes)
    {
        Touch(address);
        if (IsAcross(address, bytes))
        {
            Touch((address + bytes - 1) & ~(nint)(PageBytes - 1));
        }
    }

    // Writes whatever the comparison says (Intel SDM 2A, CMPXCHG: the destination always gets a write cycle; on Arm64 CAS may leave it out, and
    // needs write permission all the same: Arm ARM, CheckPermission of an atomic access).
    private static void Touch(nint address) => Interlocked.CompareExchange(ref *(byte*)address, 0, 0);
}
