using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Files;

/// <summary>
/// Guest descriptor numbers and the host descriptors behind them. They differ because .NET keeps descriptors of its own at low numbers,
/// which a guest must neither see nor close. Look-ups take no lock: a slot is one int, written with a release under the lock.
/// </summary>
internal sealed class FdTable
{
    private readonly Lock _lock = new();
    private int[] _host = NewSlots(64);

    /// <summary>RLIMIT_NOFILE as the guest sees it.</summary>
    public int Limit { get; set; } = 1024;

    /// <summary>The host descriptor, or -1.</summary>
    public int ToHost(int guest)
    {
        var slots = Volatile.Read(ref _host);
        return (uint)guest < (uint)slots.Length ? Volatile.Read(ref slots[guest]) : -1;
    }

    /// <summary>Gives a host descriptor the lowest free number of at least <paramref name="minimum"/>; -EMFILE closes it.</summary>
    public long Add(long hostDescriptor, int minimum = 0)
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
                    Store(guest, (int)hostDescriptor);
                    return guest;
                }
            }
        }

        HostCall.Invoke(Syscall.Close, (nint)hostDescriptor);
        return -Errno.EMFILE;
    }

    /// <summary>Puts a host descriptor at a number (dup2); closes what was there.</summary>
    public long Replace(int guest, int hostDescriptor)
    {
        if ((uint)guest >= (uint)Limit)
        {
            HostCall.Invoke(Syscall.Close, hostDescriptor);
            return -Errno.EBADF;
        }

        int old;
        lock (_lock)
        {
            old = guest < _host.Length ? _host[guest] : -1;
            Store(guest, hostDescriptor);
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
    public int ToGuest(int hostDescriptor) => Array.IndexOf(Volatile.Read(ref _host), hostDescriptor);

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
                    var closes = (HostCall.Invoke(Syscall.Fcntl, _host[i], 1) & 1) != 0;
                    result.Add(new OpenFile(i, _host[i], closes));
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
    public void Adopt(int guest, int hostDescriptor)
    {
        lock (_lock)
        {
            Store(guest, hostDescriptor);
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

            var host = _host[guest];
            Volatile.Write(ref _host[guest], -1);
            return host;
        }
    }

    private void Store(int guest, int hostDescriptor)
    {
        if (guest >= _host.Length)
        {
            var larger = NewSlots(Math.Max(guest + 1, _host.Length * 2));
            _host.CopyTo(larger, 0);
            larger[guest] = hostDescriptor;
            Volatile.Write(ref _host, larger);
            return;
        }

        Volatile.Write(ref _host[guest], hostDescriptor);
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
