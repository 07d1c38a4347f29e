using System.Runtime.InteropServices;

namespace Dragoman.Linux.Host;

/// <summary>
/// Unmanaged memory that the signal handler and the managed side share: the queue of signals that have arrived, the table of guest threads,
/// and the range of the blocking stub that is rewound.
/// </summary>
/// <remarks>
/// Protocol. Queue: a handler, on any thread, takes an index with a locked add to <see cref="Tail"/>, fills the entry and then sets its
/// <see cref="SignalEntry.Ready"/>; the reader (one at a time, under the managed lock) waits for Ready at <see cref="Head"/>, copies, clears
/// Ready and advances Head. Threads: a thread enters and removes itself; the handler only reads slots, and only its own thread's (or the
/// main one's) block.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = EntriesOffset)]
internal unsafe struct SignalExchange
{
    /// <summary>Entries in the queue: a power of two.</summary>
    public const int EntryCount = 4096;

    /// <summary>Slots in the thread table: a power of two, well above the threads that are tested.</summary>
    public const int ThreadSlots = 16384;

    private const int EntriesOffset = 256;

    [FieldOffset(0x00)] public int Tail;
    [FieldOffset(0x40)] public int Head;
    [FieldOffset(0x80)] public ulong RewindFrom;
    [FieldOffset(0x88)] public ulong RewindTo;
    [FieldOffset(0x90)] public ulong RewindTarget;
    [FieldOffset(0x98)] public int ProcessId;

    /// <summary>Block of a thread that is told of signals that arrive on threads which are no guest's, or 0.</summary>
    [FieldOffset(0xA0)] public ThreadBlock* Fallback;

    /// <summary>Signals that found the queue full.</summary>
    [FieldOffset(0xA8)] public int Dropped;

    public static SignalExchange* Allocate()
    {
        var bytes = EntriesOffset + (EntryCount * sizeof(SignalEntry)) + (ThreadSlots * sizeof(ThreadSlot));
        var memory = LibC.Map(0, bytes, LibC.ProtRead | LibC.ProtWrite, LibC.MapPrivate | LibC.MapAnonymous, -1, 0);
        return memory == -1 ? throw new OutOfMemoryException("no memory for the signal queue") : (SignalExchange*)memory;
    }

    public static SignalEntry* Entries(SignalExchange* exchange) => (SignalEntry*)((byte*)exchange + EntriesOffset);

    public static ThreadSlot* Slots(SignalExchange* exchange) => (ThreadSlot*)(Entries(exchange) + EntryCount);

    /// <summary>Makes a thread known to the handler. Called by the thread itself.</summary>
    public static void Register(SignalExchange* exchange, int tid, ThreadBlock* block)
    {
        var slots = Slots(exchange);
        for (var i = 0; i < ThreadSlots; i++)
        {
            var slot = &slots[(tid + i) & (ThreadSlots - 1)];
            if (slot->Tid <= 0)
            {
                var seen = slot->Tid;
                slot->Block = block;
                if (Interlocked.CompareExchange(ref slot->Tid, tid, seen) == seen)
                {
                    // Another thread may have overwritten Block between our store and our exchange: the winner states it again.
                    slot->Block = block;
                    return;
                }
            }
        }

        throw new InvalidOperationException("too many guest threads");
    }

    /// <summary>Forgets a thread. Called by the thread itself.</summary>
    public static void Unregister(SignalExchange* exchange, int tid)
    {
        var slots = Slots(exchange);
        for (var i = 0; i < ThreadSlots; i++)
        {
            var slot = &slots[(tid + i) & (ThreadSlots - 1)];
            if (slot->Tid == tid)
            {
                // -1, not 0: a search for another thread goes on past a slot that was once used.
                Volatile.Write(ref slot->Tid, -1);
                return;
            }

            if (slot->Tid == 0)
            {
                return;
            }
        }
    }
}

/// <summary>One signal as it came.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal unsafe struct SignalEntry
{
    [FieldOffset(0)] public fixed byte Info[128];

    /// <summary>Host thread that the handler ran on.</summary>
    [FieldOffset(128)] public int Tid;

    /// <summary>1 when the entry is complete. Written last.</summary>
    [FieldOffset(132)] public int Ready;
}

/// <summary>Slot of the thread table: Tid is 0 when it was never used, -1 when it is free again; a thread claims one by Interlocked and gives it back last.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ThreadSlot
{
    public int Tid;
    public int Reserved;
    public ThreadBlock* Block;
}

/// <summary>What the handler writes to of one guest thread.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ThreadBlock
{
    /// <summary>Nonzero: come to an instruction boundary and look for signals. Blocking calls are not begun while it is set.</summary>
    public int Attention;

    public int Tid;

    /// <summary>The vCPU's poll word.</summary>
    public int* PollWord;
}
