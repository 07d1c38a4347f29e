namespace Dragoman.Runtime.SoftMmu;

/// <summary>RAM by physical address, for devices and loaders.</summary>
public sealed unsafe partial class PhysicalMemory
{
    /// <summary>Copies from RAM or ROM. False where something else answers; then part may have been copied. Any thread.</summary>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Find(address + (ulong)done) is not { Ram: { } ram } section)
            {
                return false;
            }

            var at = address + (ulong)done - section.Start;
            var count = (int)Math.Min((ulong)(bytes.Length - done), section.Size - at);
            new ReadOnlySpan<byte>(ram.Host + section.RamOffset + at, count).CopyTo(bytes[done..]);
            done += count;
        }

        return true;
    }

    /// <summary>
    /// Copies to RAM, ROM too, as a device or a loader does: whoever tracks the pages hears of it, and code that was translated from them is dropped. False where
    /// something else answers; then part may have been copied. Any thread.
    /// </summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Find(address + (ulong)done) is not { Ram: { } ram } section)
            {
                return false;
            }

            var at = address + (ulong)done - section.Start;
            var offset = section.RamOffset + at;
            var inPage = (1UL << PageBits) - (offset & ((1UL << PageBits) - 1));
            var count = (int)Math.Min((ulong)(bytes.Length - done), Math.Min(section.Size - at, inPage));
            bytes.Slice(done, count).CopyTo(new Span<byte>(ram.Host + offset, count));
            NoteWrite(ram, offset, count);
            done += count;
        }

        return true;
    }

    /// <summary>Bytes of one page of RAM have been stored to by somebody whom its dirty bits do not stop.</summary>
    public void NoteWrite(RamBlock block, ulong offset, int length)
    {
        block.SetDirty(offset, DirtyClients.Display | DirtyClients.Migration);
        if ((block.DirtyAt(offset) & DirtyClients.Code) == 0)
        {
            // The bytes are there before the code is asked about: a translation that read the old ones is known by then, or is told that they changed.
            Interlocked.MemoryBarrier();
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
}
