using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// The memory of a vfork child is its parent's (CLONE_VM): posix_spawn's child reports its error there. Our child has a copy, so when it executes or
/// ends it sends back, through the pipe that its parent waits on, the words that it changed. The parent's other threads run meanwhile; so that
/// none of their writes is undone, a record holds the word as it was too, and the parent writes only the bytes that differ.
/// </summary>
/// <param name="image">Host descriptor of the pages that the parent left; owned.</param>
/// <param name="pipe">Host descriptor to send to; not owned.</param>
/// <param name="regions">What the parent had mapped.</param>
internal sealed unsafe class BorrowedMemory(int image, int pipe, IReadOnlyList<ImageRegion> regions) : IBorrowedMemory
{
    /// <summary>Address, word before, word after.</summary>
    private const int RecordSize = 24;

    /// <summary>Sends what has changed since the start. The calling guest thread is the last one that changes memory.</summary>
    public void Return(LinuxProcess process)
    {
        var memory = process.Machine.Memory;
        using var pages = new PageMap();
        var records = new List<byte>();
        lock (memory.SyncRoot)
        {
            foreach (var mapping in memory.Snapshot())
            {
                const GuestProtection Writable = GuestProtection.Read | GuestProtection.Write;
                if ((mapping.Flags & GuestMapFlags.Shared) != 0 || (mapping.Protection & Writable) != Writable)
                {
                    continue;
                }

                foreach (var (start, length) in pages.OwnRuns(memory, mapping, aloneOnly: false))
                {
                    for (var page = start; page < start + length; page += PageMap.PageSize)
                    {
                        Compare(process, page, records);
                    }
                }
            }
        }

        HostPath.WriteAll(pipe, CollectionsMarshal.AsSpan(records));
    }

    /// <summary>Closes the parent's pages, when nothing will be compared with them any more.</summary>
    public void Dispose() => HostCall.Invoke(Syscall.Close, image);

    /// <summary>The parent's side: sleeps until the child has executed or ended, and takes over what it changed.</summary>
    /// <param name="process">The parent.</param>
    /// <param name="pipe">Host descriptor to read.</param>
    public static void TakeBack(LinuxProcess process, int pipe)
    {
        const int Room = RecordSize * 512;
        var buffer = stackalloc byte[Room];
        var filled = 0;
        while (true)
        {
            var got = HostCall.Invoke(Syscall.Read, pipe, (nint)(buffer + filled), Room - filled);
            if (got == -Errno.EINTR && !process.IsEnding)
            {
                continue;
            }

            if (got <= 0)
            {
                return;
            }

            filled += (int)got;
            var whole = filled / RecordSize * RecordSize;
            for (var at = 0; at < whole; at += RecordSize)
            {
                Apply(process, *(ulong*)(buffer + at), buffer + at + 8, buffer + at + 16);
            }

            filled -= whole;
            Buffer.MemoryCopy(buffer + whole, buffer, Room, filled);
        }
    }

    private static void Apply(LinuxProcess process, ulong address, byte* before, byte* after)
    {
        for (var i = 0; i < 8; i++)
        {
            if (before[i] != after[i])
            {
                // What the child unmapped or protected for itself alone, the parent may not have: then there is nothing to write.
                process.Memory.TryWrite(address + (ulong)i, after[i]);
            }
        }
    }

    private void Compare(LinuxProcess process, ulong page, List<byte> records)
    {
        foreach (var region in regions)
        {
            if (page < region.Start || page >= region.Start + region.Length)
            {
                continue;
            }

            Span<byte> before = stackalloc byte[PageMap.PageSize], after = stackalloc byte[PageMap.PageSize];
            before.Clear();
            if (!ReadOriginal(region, page, before) || !process.Memory.TryRead(page, after))
            {
                return;
            }

            for (var at = 0; at < PageMap.PageSize; at += 8)
            {
                if (!before.Slice(at, 8).SequenceEqual(after.Slice(at, 8)))
                {
                    records.AddRange(BitConverter.GetBytes(page + (ulong)at));
                    records.AddRange(before.Slice(at, 8));
                    records.AddRange(after.Slice(at, 8));
                }
            }

            return;
        }
    }

    /// <summary>The page as the parent left it: in the image, or as its file has it, or zeros.</summary>
    private bool ReadOriginal(ImageRegion region, ulong page, Span<byte> content)
    {
        foreach (var run in region.Runs)
        {
            if (page >= run.Start && page < run.Start + run.Length)
            {
                return ReadAt(image, run.Offset + (page - run.Start), content);
            }
        }

        if (region.File is not { } path)
        {
            return !region.IsShared;
        }

        var file = (int)HostPath.Open(path, 0x80000);
        var read = file >= 0 && ReadAt(file, region.FileOffset + (page - region.Start), content);
        HostCall.Invoke(Syscall.Close, file);
        return read;
    }

    private static bool ReadAt(int descriptor, ulong offset, Span<byte> content)
    {
        fixed (byte* target = content)
        {
            // A file's last page may be cut short: the rest is zeros.
            return HostCall.Invoke(Syscall.Pread64, descriptor, (nint)target, content.Length, (nint)offset) > 0;
        }
    }
}
