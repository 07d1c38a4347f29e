using System.Runtime.InteropServices;

namespace Dragoman.Linux.Memory;

/// <summary>
/// The buffers of one system call that the host's kernel writes. Most are the guest's own memory. Where the kernel could find a page write-protected
/// (<see cref="Dragoman.Runtime.Memory.GuestMemory.BytesToCopy"/>) it would answer EFAULT, with the datagram, signal or event already taken and
/// lost; there it gets a copy, and what it has changed in it is stored for the guest. Own thread only.
/// </summary>
/// <remarks>
/// That is right whatever other threads do meanwhile: the copy cannot be refused; the store takes the memory's lock, invalidates code, ends
/// reservations and then writes, as every store of this room; and bytes that the kernel has left alone are not stored, so no other thread's are lost.
/// </remarks>
/// <param name="memory">The guest's memory.</param>
/// <param name="othersRun">True while other threads of the guest may run.</param>
internal sealed unsafe class WrittenBuffers(UserMemory memory, Func<bool> othersRun)
{
    /// <summary>Room for a structure whose size is the call's to know.</summary>
    public const ulong LargestStructure = 4096;

    // A longer buffer is no datagram's: of a stream or a file nothing is lost by an error. It, and one that
    // the guest may write in part, is only made writable before the call.
    private const ulong LongestCopy = 1 << 20;

    // msgrcv writes a word more than its size says.
    private const ulong Slack = 64;

    private readonly List<Copy> _copies = [];

    /// <summary>A pointer for the host, as <see cref="UserMemory.ToHost"/>, to memory that the call writes, and may read before.</summary>
    /// <param name="address">The guest's pointer.</param>
    /// <param name="length">Its size; null when the call knows it (at most <see cref="LargestStructure"/>).</param>
    public nint ToHost(ulong address, ulong? length = null)
    {
        var guest = memory.Untag(address);
        var size = length ?? LargestStructure;
        var window = Math.Min(size + Slack, memory.Guest.Limit - Math.Min(guest, memory.Guest.Limit));
        var known = size > LongestCopy ? 0 : memory.Guest.BytesToCopy(guest, window, othersRun());
        if (known == 0 || known < (length ?? 1))
        {
            if (known != 0 || size > LongestCopy)
            {
                memory.PrepareWrite(address, size);
            }

            return memory.Reach(address);
        }

        var copy = new Copy(guest, (int)known, (int)(size + Slack));
        memory.Guest.Peek(guest, copy.Now[..copy.Known]);
        copy.Now.CopyTo(copy.Before);
        _copies.Add(copy);
        return copy.Start;
    }

    /// <summary>After the call: gives the guest what the kernel has written. The call's result, or -EFAULT when the guest may not write there.</summary>
    public long Return(long result)
    {
        if (_copies.Count == 0)
        {
            return result;
        }

        foreach (var copy in _copies)
        {
            // Also of bytes that were written and are what they were: a store-exclusive must not take them for untouched.
            memory.Guest.EndReservations(copy.Address, (ulong)copy.Known);
            result = Store(copy) ? result : -Host.Errno.EFAULT;
            copy.Free();
        }

        _copies.Clear();
        return result;
    }

    private bool Store(in Copy copy)
    {
        Span<byte> now = copy.Now, before = copy.Before;
        for (var at = 0; ;)
        {
            at += now[at..].CommonPrefixLength(before[at..]);
            if (at == now.Length)
            {
                return true;
            }

            var start = at;
            while (at < now.Length && now[at] != before[at])
            {
                at++;
            }

            if (!memory.TryWrite(copy.Address + (ulong)start, now[start..at]))
            {
                return false;
            }
        }
    }

    /// <summary>A buffer outside the guest's memory, at the same place in a page, and what was in it before the call.</summary>
    private readonly struct Copy
    {
        private readonly byte* _block;
        private readonly int _size;

        public Copy(ulong address, int known, int size)
        {
            var page = Environment.SystemPageSize;
            (Address, Known, _size) = (address, Math.Min(known, size), size);
            _block = (byte*)NativeMemory.AlignedAlloc((nuint)(page + size + size), (nuint)page);
            NativeMemory.Clear(_block, (nuint)(page + size));
            Start = (nint)(_block + (address % (ulong)page));
        }

        public ulong Address { get; }

        /// <summary>Bytes of it that the guest has.</summary>
        public int Known { get; }

        public nint Start { get; }

        public Span<byte> Now => new((void*)Start, _size);

        public Span<byte> Before => new((byte*)Start + _size, _size);

        public void Free() => NativeMemory.AlignedFree(_block);
    }
}
