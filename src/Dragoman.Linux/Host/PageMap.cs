using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Host;

/// <summary>
/// /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst): which of this process's pages are there, and whose they are. Where a hardened host has
/// none, each is taken to be there and the process's own. Belongs to one thread.
/// </summary>
internal sealed unsafe class PageMap : IDisposable
{
    /// <summary>Bytes of a host page.</summary>
    public const int PageSize = 4096;

    private const ulong Present = 1UL << 63, Swapped = 1UL << 62, FilePage = 1UL << 61, Exclusive = 1UL << 56;
    private const int CloseOnExec = 0x80000, EntriesAtOnce = 8192;

    /// <summary>Pages that lie this close are one run.</summary>
    private const int JoinGap = 2;

    private readonly int _descriptor = (int)HostPath.Open("/proc/self/pagemap", CloseOnExec);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            HostCall.Invoke(Syscall.Close, _descriptor);
        }
    }

    /// <summary>Whether there is a page at a host address; also one that nothing may access.</summary>
    public bool IsPresent(byte* address)
    {
        ulong entry;
        return !TryRead(address, new Span<ulong>(&entry, 1)) || (entry & Present) != 0;
    }

    /// <summary>
    /// The pages of a guest's mapping that are not a file's and not untouched, neighbours joined; <paramref name="aloneOnly"/>: of them those that no other
    /// process has, which is what a forked child, or its parent, has written since the fork.
    /// </summary>
    public List<(ulong Start, ulong Length)> OwnRuns(GuestMemory memory, GuestMapping mapping, bool aloneOnly)
    {
        var runs = new List<(ulong Start, ulong Length)>();
        var entries = new ulong[EntriesAtOnce];
        var needed = aloneOnly ? Exclusive : 0;
        for (var at = mapping.Start; at < mapping.End; at += EntriesAtOnce * PageSize)
        {
            var part = entries.AsSpan(0, (int)Math.Min(EntriesAtOnce, (mapping.End - at) / PageSize));
            if (!TryRead(memory.ToHost(at), part))
            {
                return [(mapping.Start, mapping.Length)];
            }

            for (var i = 0; i < part.Length; i++)
            {
                if ((part[i] & (Present | Swapped)) != 0 && (part[i] & FilePage) == 0 && (part[i] & needed) == needed)
                {
                    Append(runs, at + ((ulong)i * PageSize));
                }
            }
        }

        return runs;
    }

    private bool TryRead(byte* address, Span<ulong> entries)
    {
        fixed (ulong* target = entries)
        {
            var bytes = entries.Length * sizeof(ulong);
            return _descriptor >= 0 && HostCall.Invoke(Syscall.Pread64, _descriptor, (nint)target, bytes, (nint)((nuint)address / PageSize * sizeof(ulong))) == bytes;
        }
    }

    private static void Append(List<(ulong Start, ulong Length)> runs, ulong page)
    {
        if (runs is [.., var (start, length)] && page - (start + length) <= JoinGap * PageSize)
        {
            runs[^1] = (start, page + PageSize - start);
        }
        else
        {
            runs.Add((page, PageSize));
        }
    }
}
