using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// What a vfork child that is a copy of its parent (<see cref="ProcessCopy"/>) gives back: every page that is its alone. The parent, whose only thread waits
/// meanwhile, has what was there before, and takes over what differs.
/// </summary>
/// <param name="pipe">Host descriptor to send to; not owned.</param>
internal sealed unsafe class BorrowedPages(int pipe) : IBorrowedMemory
{
    private const int RecordSize = sizeof(ulong) + PageMap.PageSize;

    /// <inheritdoc/>
    public void Return(LinuxProcess process)
    {
        const GuestProtection Writable = GuestProtection.Read | GuestProtection.Write;
        var memory = process.Machine.Memory;
        using var pages = new PageMap();
        var record = new byte[RecordSize];
        foreach (var mapping in memory.Snapshot())
        {
            if ((mapping.Flags & GuestMapFlags.Shared) != 0 || (mapping.Protection & Writable) != Writable)
            {
                continue;
            }

            foreach (var (start, length) in pages.OwnRuns(memory, mapping, aloneOnly: true))
            {
                for (var page = start; page < start + length; page += PageMap.PageSize)
                {
                    if (process.Memory.TryRead(page, record.AsSpan(sizeof(ulong))))
                    {
                        BitConverter.TryWriteBytes(record, page);
                        HostPath.WriteAll(pipe, record);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The parent's side: sleeps until the child has executed or ended, and takes over what it changed.</summary>
    /// <param name="process">The parent.</param>
    /// <param name="pipe">Host descriptor to read.</param>
    public static void TakeBack(LinuxProcess process, int pipe)
    {
        var record = new byte[RecordSize];
        var ours = new byte[PageMap.PageSize];
        var filled = 0;
        fixed (byte* buffer = record)
        {
            while (true)
            {
                var got = HostCall.Invoke(Syscall.Read, pipe, (nint)(buffer + filled), RecordSize - filled);
                if (got == -Errno.EINTR && !process.IsEnding)
                {
                    continue;
                }

                if (got <= 0)
                {
                    return;
                }

                filled += (int)got;
                if (filled == RecordSize)
                {
                    Apply(process, BitConverter.ToUInt64(record), record.AsSpan(sizeof(ulong)), ours);
                    filled = 0;
                }
            }
        }
    }

    /// <summary>What the child has mapped, unmapped or protected for itself alone, the parent may not have: then there is nothing to write.</summary>
    private static void Apply(LinuxProcess process, ulong page, ReadOnlySpan<byte> theirs, Span<byte> ours)
    {
        if (process.Memory.TryRead(page, ours) && !ours.SequenceEqual(theirs))
        {
            process.Memory.TryWrite(page, theirs);
        }
    }
}
