namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// The structures of System V's control calls, member by member: the host's (64-bit, asm-generic's or x86's ipcbuf.h, shmbuf.h, msgbuf.h) and i386's
/// (arch/x86/include/asm/compat.h, include/linux/compat.h).
/// </summary>
internal sealed class I386IpcStructure
{
    private readonly (Field Host, Field Guest)[] _members;

    private I386IpcStructure(int hostSize, int guestSize, params (Field Host, Field Guest)[] members) =>
        (HostSize, GuestSize, _members) = (hostSize, guestSize, members);

    /// <summary>struct shmid64_ds.</summary>
    public static I386IpcStructure Segment { get; } = new(
        112,
        84,
        [.. Permissions(), (new(48, 8), new(36, 4)), (new(56, 8), new(40, 8)), (new(64, 8), new(48, 8)), (new(72, 8), new(56, 8)), (new(80, 4), new(64, 4)),
            (new(84, 4), new(68, 4)), (new(88, 8), new(72, 4))]);

    /// <summary>struct msqid64_ds.</summary>
    public static I386IpcStructure Queue { get; } = new(
        120,
        88,
        [.. Permissions(), (new(48, 8), new(36, 8)), (new(56, 8), new(44, 8)), (new(64, 8), new(52, 8)), (new(72, 8), new(60, 4)), (new(80, 8), new(64, 4)),
            (new(88, 8), new(68, 4)), (new(96, 4), new(72, 4)), (new(100, 4), new(76, 4))]);

    /// <summary>struct semid64_ds.</summary>
    public static I386IpcStructure Semaphores { get; } = new(
        SemaphoreSetLayout.Host.Size,
        64,
        [.. Permissions(), (SemaphoreSetLayout.Host.Used, new(36, 8)), (SemaphoreSetLayout.Host.Changed, new(44, 8)), (SemaphoreSetLayout.Host.Count, new(52, 4))]);

    /// <summary>struct shminfo64.</summary>
    public static I386IpcStructure SegmentLimits { get; } = new(72, 36, [.. Enumerable.Range(0, 5).Select(i => (new Field(8 * i, 8), new Field(4 * i, 4)))]);

    /// <summary>struct shm_info.</summary>
    public static I386IpcStructure SegmentUse { get; } = new(
        48, 24, [(new(0, 4), new(0, 4)), .. Enumerable.Range(1, 5).Select(i => (new Field(8 * i, 8), new Field(4 * i, 4)))]);

    /// <summary>Bytes of the host's.</summary>
    public int HostSize { get; }

    /// <summary>Bytes of the guest's.</summary>
    public int GuestSize { get; }

    /// <summary>Fills in the host's. A host member that is wider gets zeros on top.</summary>
    public void ToHost(ReadOnlySpan<byte> guest, Span<byte> host)
    {
        host.Clear();
        foreach (var (to, from) in _members)
        {
            to.Write(host, from.Read(guest));
        }
    }

    /// <summary>Fills in the guest's. What a narrower member cannot hold is the most that an int can, as the kernel has the largest segment.</summary>
    public void ToGuest(ReadOnlySpan<byte> host, Span<byte> guest)
    {
        guest.Clear();
        foreach (var (from, to) in _members)
        {
            var value = from.Read(host);
            to.Write(guest, this == SegmentLimits && from.Offset == 0 ? Math.Min(value, int.MaxValue) : value);
        }
    }

    // struct ipc64_perm: key, owner and creator, mode, sequence number.
    private static IEnumerable<(Field Host, Field Guest)> Permissions() =>
    [
        .. Enumerable.Range(0, 5).Select(i => (new Field(4 * i, 4), new Field(4 * i, 4))), (new(20, 4), new(20, 2)), (new(24, 2), new(24, 2)),
    ];
}
