using System.Runtime.CompilerServices;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>RAM by physical address, for devices and loaders.</summary>
public sealed unsafe partial class PhysicalMemory
{
    /// <summary>
    /// Copies from RAM or ROM. False where something else answers; then part may have been copied. An aligned 2, 4 or 8 bytes are read at once, and before what the
    /// caller reads later. Any thread.
    /// </summary>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Find(address + (ulong)done) is not { Ram: { } ram } section)
            {
                return false;
            }

            var at = address + (ulong)done;
            var count = (int)Math.Min((ulong)(bytes.Length - done), section.Size - (at - section.Start));
            Load(ram.Host + section.OffsetOf(at), bytes.Slice(done, count));
            done += count;
        }

        return true;
    }

    /// <summary>
    /// Copies to RAM, ROM too, as a device or a loader does: whoever tracks the pages hears of it, and code that was translated from them is dropped. False where
    /// something else answers; then part may have been copied. An aligned 2, 4 or 8 bytes are written at once, and after what the caller wrote before: a ring's index
    /// is never seen in halves. Any thread.
    /// </summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Find(address + (ulong)done) is not { Ram: { } ram } section)
            {
                return false;
            }

            var at = address + (ulong)done;
            var offset = section.OffsetOf(at);
            var inPage = PageOf(offset) + (1UL << PageBits) - offset;
            var count = (int)Math.Min((ulong)(bytes.Length - done), Math.Min(section.Size - (at - section.Start), inPage));
            if ((ram.DirtyAt(offset) & DirtyClients.Exclusives) == 0)
            {
                StoreReserved(ram, offset, bytes.Slice(done, count));
            }
            else
            {
                Store(ram.Host + offset, bytes.Slice(done, count));
                NoteWrite(ram, offset, count);
            }

            done += count;
        }

        return true;
    }

    // A copy of bytes may go byte by byte: what must not be torn is one access, with the order of Volatile.
    private static void Load(byte* from, Span<byte> to)
    {
        switch (to.Length)
        {
            case 2 when ((nuint)from & 1) == 0:
                Unsafe.WriteUnaligned(ref to[0], Volatile.Read(ref *(ushort*)from));
                break;
            case 4 when ((nuint)from & 3) == 0:
                Unsafe.WriteUnaligned(ref to[0], Volatile.Read(ref *(uint*)from));
                break;
            case 8 when ((nuint)from & 7) == 0:
                Unsafe.WriteUnaligned(ref to[0], Volatile.Read(ref *(ulong*)from));
                break;
            default:
                new ReadOnlySpan<byte>(from, to.Length).CopyTo(to);
                break;
        }
    }

    private static void Store(byte* to, ReadOnlySpan<byte> from)
    {
        switch (from.Length)
        {
            case 2 when ((nuint)to & 1) == 0:
                Volatile.Write(ref *(ushort*)to, Unsafe.ReadUnaligned<ushort>(in from[0]));
                break;
            case 4 when ((nuint)to & 3) == 0:
                Volatile.Write(ref *(uint*)to, Unsafe.ReadUnaligned<uint>(in from[0]));
                break;
            case 8 when ((nuint)to & 7) == 0:
                Volatile.Write(ref *(ulong*)to, Unsafe.ReadUnaligned<ulong>(in from[0]));
                break;
            default:
                from.CopyTo(new Span<byte>(to, from.Length));
                break;
        }
    }

    // Where reservations may be: none is taken for good between this store and its being noted.
    private void StoreReserved(RamBlock ram, ulong offset, ReadOnlySpan<byte> bytes)
    {
        using (Reserved!.Guard())
        {
            Store(ram.Host + offset, bytes);
            NoteExclusives(ram, offset, bytes.Length, by: null);
        }

        NoteWrite(ram, offset, bytes.Length, breaks: false);
    }

    /// <summary>Bytes of one page of RAM have been stored to by somebody whom its dirty bits do not stop.</summary>
    /// <param name="block">The RAM.</param>
    /// <param name="offset">Where, in it.</param>
    /// <param name="length">How many.</param>
    /// <param name="by">The vCPU whose instruction did it, or null.</param>
    /// <param name="breaks">Whether reservations there are lost.</param>
    public void NoteWrite(RamBlock block, ulong offset, int length, SystemVcpu? by = null, bool breaks = true)
    {
        // The bytes are there before the code is asked about: a translation that read the old ones is known by then, or is told that they changed.
        Interlocked.MemoryBarrier();
        block.SetDirty(offset, DirtyClients.Display | DirtyClients.Migration);
        if (breaks)
        {
            NoteExclusives(block, offset, length, by);
        }

        if ((block.DirtyAt(offset) & DirtyClients.Code) == 0)
        {
            if (Code is { } code)
            {
                code.Written(block, offset, length);
            }
            else
            {
                block.SetDirty(offset, DirtyClients.Code);
            }
        }
    }

    // The bytes are there, or will be before anybody executes.
    private void NoteExclusives(RamBlock block, ulong offset, int length, SystemVcpu? by)
    {
        Interlocked.MemoryBarrier();
        if ((block.DirtyAt(offset) & DirtyClients.Exclusives) == 0)
        {
            Reserved!.Break(block, offset, length, by);
        }
    }
}
