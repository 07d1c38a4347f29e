using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Files;

/// <summary>
/// Guest descriptor numbers and the host descriptors behind them. They differ because .NET keeps descriptors of its own at low numbers,
/// which a guest must neither see nor close. Look-ups take no lock: a slot is one int, written with a release under the lock.
/// </summary>
internal sealed class FdTable
{
    // In a slot, beside the host descriptor: the file is a small one (IsSmall).
    private const int Small = 1 << 30;

    private readonly Lock _lock = new();
    private int[] _host = NewSlots(64);

    /// <summary>RLIMIT_NOFILE as the guest sees it.</summary>
    public int Limit { get; set; } = 1024;

    /// <summary>The host descriptor, or -1.</summary>
    public int ToHost(int guest)
    {
        var slots = Volatile.Read(ref _host);
        return (uint)guest < (uint)slots.Length ? HostOf(Volatile.Read(ref slots[guest])) : -1;
    }

    /// <summary>
    /// Whether an open file lacks O_LARGEFILE: the host, which has 64 bits, sets it in every file that it opens, so it is kept here. What another process hands
    /// over counts as large.
    /// </summary>
    public bool IsSmall(int guest)
    {
        var slots = Volatile.Read(ref _host);
        return (uint)guest < (uint)slots.Length && IsSmallSlot(Volatile.Read(ref slots[guest]));
    }

    /// <summary>Gives a host descriptor the lowest free number of at least <paramref name="minimum"/>; -EMFILE closes it.</summary>
    public long Add(long hostDescriptor, int minimum = 0, bool isSmall = false)
    {
        if (hostDescriptor < 0)
        {
            return hostDescriptor;
        }

        lock (_lock)
        {
            for (var guest = minimum; guest < Limit; guest++)
            {
                if (guest >= _host.Length || _host[guest] < 0)
                {
                    Store(guest, (int)hostDescriptor, isSmall);
                    return guest;
                }
            }
        }

        HostCall.Invoke(Syscall.Close, (nint)hostDescriptor);
        return -Errno.EMFILE;
    }

    /// <summary>Puts a host descriptor at a number (dup2); closes what was there.</summary>
    public long Replace(int guest, int hostDescriptor, bool isSmall)
    {
        if ((uint)guest >= (uint)Limit)
        {
            HostCall.Invoke(Syscall.Close, hostDescriptor);
            return -Errno.EBADF;
        }

        int old;
        lock (_lock)
        {
            old = guest < _host.Length ? HostOf(_host[guest]) : -1;
            Store(guest, hostDescriptor, isSmall);
        }

        if (old >= 0)
        {
            HostCall.Invoke(Syscall.Close, old);
        }

        return guest;
    }

    /// <summary>close(2).</summary>
    public long Close(int guest)
    {
        var host = Take(guest);
        return host < 0 ? -Errno.EBADF : HostCall.Invoke(Syscall.Close, host);
    }

    /// <summary>The guest number of a host descriptor, or -1.</summary>
    public int ToGuest(int hostDescriptor) => hostDescriptor < 0 ? -1 : Array.FindIndex(Volatile.Read(ref _host), slot => HostOf(slot) == hostDescriptor);

    /// <summary>Open descriptors in ascending order.</summary>
    public List<OpenFile> Snapshot()
    {
        lock (_lock)
        {
            var result = new List<OpenFile>();
            for (var i = 0; i < _host.Length; i++)
            {
                if (_host[i] >= 0)
                {
                    var host = HostOf(_host[i]);
                    var closes = (HostCall.Invoke(Syscall.Fcntl, host, 1) & 1) != 0;
                    result.Add(new OpenFile(i, host, closes, IsSmallSlot(_host[i])));
                }
            }

            return result;
        }
    }

    /// <summary>
    /// Takes over what the process was started with: descriptors without close-on-exec, which the runtime sets on all of its own.
    /// </summary>
    public void AdoptInherited()
    {
        foreach (var descriptor in HostPath.OpenDescriptors())
        {
            if (HostCall.Invoke(Syscall.Fcntl, descriptor, 1) is >= 0 and var flags && (flags & 1) == 0)
            {
                Adopt(descriptor, descriptor);
            }
        }
    }

    /// <summary>Enters a pair as it is.</summary>
    public void Adopt(int guest, int hostDescriptor, bool isSmall = false)
    {
        lock (_lock)
        {
            Store(guest, hostDescriptor, isSmall);
        }
    }

    private int Take(int guest)
    {
        lock (_lock)
        {
            if ((uint)guest >= (uint)_host.Length)
            {
                return -1;
            }

            var host = HostOf(_host[guest]);
            Volatile.Write(ref _host[guest], -1);
            return host;
        }
    }

    private static int HostOf(int slot) => slot < 0 ? -1 : slot & ~Small;

    private static bool IsSmallSlot(int slot) => slot >= 0 && (slot & Small) != 0;

    private void Store(int guest, int hostDescriptor, bool isSmall)
    {
        var slot = hostDescriptor | (isSmall ? Small : 0);
        if (guest >= _host.Length)
        {
            var larger = NewSlots(Math.Max(guest + 1, _host.Length * 2));
            _host.CopyTo(larger, 0);
            larger[guest] = slot;
            Volatile.Write(ref _host, larger);
            return;
        }

        Volatile.Write(ref _host[guest], slot);
    }

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        for (var i = 0; i < count; i++)
        {
            slots[i] = -1;
        }

        return slots;
    }
}
