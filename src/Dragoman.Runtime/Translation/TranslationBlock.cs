using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Translation;

/// <summary>One translated stretch of guest code.</summary>
/// <remarks>
/// What identifies it never changes. <see cref="Invalid"/>, <see cref="Code"/> and <see cref="Incoming"/> are written under
/// <see cref="LinkLock"/> (the last lock in the order); the first two are read without it. Outgoing slots are claimed atomically.
/// </remarks>
public sealed unsafe class TranslationBlock
{
    private static readonly TranslationBlock Tombstone = new() { Pc = 0, Flags = 0, Source = [], InstructionCount = 0 };

    // Written under the link lock, read without.
    private volatile TbCode? _code;
    private volatile bool _invalid;

    // Written under the link lock, once; read when nothing runs any more.
    private TbCode? _coldCode;

    // Written once under the memory's lock, before the code that leaves through the region's slots is published by a volatile write.
    private bool[] _regionLinks = [];

    // Elements change by Interlocked only: null, the TB that the slot leads to, and in the end the tombstone.
    private readonly TranslationBlock?[] _outgoing = new TranslationBlock?[2];

    // As the two above: the array once, its elements by Interlocked.
    private TranslationBlock?[] _regionOutgoing = [];

    internal TranslationBlock()
    {
    }

    /// <summary>Guest PC of the first instruction.</summary>
    public required ulong Pc { get; init; }

    /// <summary>The <c>tbstate</c> bits.</summary>
    public required ulong Flags { get; init; }

    /// <summary>The page that it was translated from; the default of a process.</summary>
    public CodePlace Place { get; init; }

    /// <summary>The guest bytes that it was translated from.</summary>
    public required byte[] Source { get; init; }

    /// <summary>Guest instructions.</summary>
    public required int InstructionCount { get; init; }

    /// <summary>Guest address after the last byte.</summary>
    public ulong End => Pc + (ulong)Source.Length;

    /// <summary>Index in the TB table.</summary>
    public int Index { get; internal set; } = -1;

    /// <summary>What runs: the cold backend's code, then perhaps the hot one's.</summary>
    public TbCode Code => _code!;

    /// <summary>The cold backend's code, also when a hot one's runs by now.</summary>
    internal TbCode ColdCode => _coldCode ?? _code!;

    /// <summary>True once the guest bytes have changed or their page has: nothing links to it any more.</summary>
    public bool Invalid => _invalid;

    /// <summary>Two chain slots; freed when the TB is reclaimed.</summary>
    internal ChainSlot* Slots { get; init; }

    /// <summary>Chain slots of the region that this TB's code has become; freed with <see cref="Slots"/>.</summary>
    internal ChainSlot* RegionSlots { get; private set; }

    /// <summary>All slots: its own two, then the region's.</summary>
    internal int SlotCount => 2 + _regionOutgoing.Length;

    /// <summary>How often it has run while cold.</summary>
    internal int Runs => Math.Max(ExecutionCount, RunsBefore);

    /// <summary>What the planner of regions goes by: the runs while cold, then a great number.</summary>
    internal int Heat => Volatile.Read(ref Tier) == 0 ? Runs : int.MaxValue;

    /// <summary>
    /// The count that was reached before the TB became part of a region and was asked to prove itself anew. Written under the memory's lock; racy on purpose.
    /// </summary>
    internal int RunsBefore;

    /// <summary>Roots of regions that hold a copy of this TB: they end with it. Guarded by the memory's lock.</summary>
    internal List<TranslationBlock> InlinedBy { get; } = [];

    /// <summary>False when the exit of slot 1 must always look its target up (the TB ended because the state of translation may have changed).</summary>
    internal bool LinksSlot1 { get; init; } = true;

    /// <summary>Times it was run through the dispatcher while cold. Racy on purpose: a lost count only delays the hot tier.</summary>
    internal int ExecutionCount;

    /// <summary>0 cold, 1 queued for the hot backend, 2 compiled by it. Changed with <see cref="Interlocked"/>.</summary>
    internal int Tier;

    /// <summary>Guards linking to this TB.</summary>
    internal Lock LinkLock { get; } = new();

    /// <summary>TBs, with slot number, whose slots lead here. Guarded by the link lock.</summary>
    internal List<(TranslationBlock Owner, int Slot)> Incoming { get; } = [];

    /// <summary>Entry point of compiled code, or 0.</summary>
    internal nint EntryPoint => _code!.EntryPoint;

    internal void SetCode(TbCode code)
    {
        _coldCode ??= _code;
        _code = code;
    }

    internal void SetInvalid() => _invalid = true;

    /// <summary>The same block for another machine, with these two slots and the cold code, linked to nothing. This one is not used any more.</summary>
    internal TranslationBlock Renew()
    {
        NativeMemory.Free(RegionSlots);
        for (var i = 0; i < 2; i++)
        {
            Slots[i].Code = 0;
            Slots[i].LinkedTb = 0;
        }

        var tb = new TranslationBlock
        {
            Pc = Pc,
            Flags = Flags,
            Place = Place,
            Source = Source,
            InstructionCount = InstructionCount,
            LinksSlot1 = LinksSlot1,
            Slots = Slots,
        };
        tb.SetCode(ColdCode);
        return tb;
    }

    /// <summary>Claims a slot for a destination. False when it is linked already or the TB is being invalidated.</summary>
    internal bool ClaimOutgoing(int slot, TranslationBlock destination) =>
        Interlocked.CompareExchange(ref Outgoing(slot), destination, null) is null;

    /// <summary>Gives a slot back after its destination was invalidated.</summary>
    internal void ReleaseOutgoing(int slot, TranslationBlock destination) =>
        Interlocked.CompareExchange(ref Outgoing(slot), null, destination);

    /// <summary>Closes a slot for ever and says where it led.</summary>
    internal TranslationBlock? CloseOutgoing(int slot)
    {
        var old = Interlocked.Exchange(ref Outgoing(slot), Tombstone);
        return ReferenceEquals(old, Tombstone) ? null : old;
    }

    /// <summary>One of <see cref="SlotCount"/> slots.</summary>
    internal ChainSlot* Slot(int index) => index < 2 ? Slots + index : RegionSlots + (index - 2);

    /// <summary>Whether an exit may be linked.</summary>
    internal bool Links(int slot) => slot switch
    {
        0 => true,
        1 => LinksSlot1,
        _ => _regionLinks[slot - 2],
    };

    /// <summary>Takes over the slots of a region whose code is about to be published. Under the memory's lock, once.</summary>
    internal void AdoptRegion(ChainSlot* slots, bool[] links)
    {
        RegionSlots = slots;
        _regionLinks = links;
        _regionOutgoing = new TranslationBlock?[links.Length];
        for (var i = 0; i < links.Length; i++)
        {
            slots[i].OwnerTb = Index;
            slots[i].Index = 2 + i;
        }
    }

    private ref TranslationBlock? Outgoing(int slot) => ref slot < 2 ? ref _outgoing[slot] : ref _regionOutgoing[slot - 2];
}
