using System.Runtime.InteropServices;
using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Makes TBs for one thread: copies the guest's bytes safely, translates and compiles them, publishes the result.
/// </summary>
internal sealed unsafe class TbBuilder
{
    /// <summary>Translations of one TB in a row that may be lost to changes of its page.</summary>
    private const int MaxAttempts = 3;

    private readonly TranslatingMachine _machine;
    private readonly CodeSource _source;
    private readonly TranslatorLoop _loop;
    private readonly byte[] _bytes;
    private readonly byte* _buffer;

    public TbBuilder(TranslatingMachine machine)
    {
        _machine = machine;
        _source = machine.Code;
        _loop = new TranslatorLoop(machine.Guest, machine.Options.Log, machine.Code.SoftMmuPageBits);
        _bytes = GC.AllocateArray<byte>(machine.Options.MaxInsns * machine.Guest.MaxInstructionLength, pinned: true);
        _buffer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
    }

    /// <summary>
    /// Translates the TB at a PC with the cold backend, or finds the one that another thread has made meanwhile. Null with a fault when the PC cannot be fetched from.
    /// What changes while it is translated is translated again; when that has happened too often, the TB is for this one run, and invalid from its birth: its
    /// bytes stood there when they were fetched, and so a vCPU goes on however fast others change the page.
    /// </summary>
    public TranslationBlock? Build(CodePlace place, ulong pc, ulong flags, out GuestException fault)
    {
        var options = _machine.Options;
        for (var attempt = 1; ; attempt++)
        {
            if (!Fetch(place, pc, _bytes.Length, protect: true, out var source, out fault))
            {
                return null;
            }

            // Stores of its own are seen by the next instruction at once where the guest's fetch is coherent: then one instruction is what may run.
            var isLast = attempt == MaxAttempts;
            var instructions = options.OneInsnPerTb || (isLast && _machine.Guest.CoherentInstructionFetch) ? 1 : Math.Clamp(options.MaxInsns, 1, 512);
            var carried = attempt == 1 ? TakeCarried(pc, flags, source) : null;
            if ((carried ?? Compile(place, pc, flags, source, instructions, options.Chain, IsParallel, _machine.ColdBackend)) is not { } tb)
            {
                fault = _source.FaultBehind(source.PageEnd);
                return null;
            }

            lock (_source.SyncRoot)
            {
                if (_machine.Cache.Table.Find(pc, flags, place) is { } other)
                {
                    NativeMemory.Free(tb.Slots);
                    return other;
                }

                var isUnchanged = _source.IsUnchanged(tb, source);
                if (isUnchanged || isLast)
                {
                    if (_machine.Cache.Table.Count >= options.MaxTbs)
                    {
                        _machine.Cache.FlushAll();
                        _source.Watch(tb);
                    }

                    _machine.Cache.Publish(tb);
                    _machine.Statistics.AddTranslation(tb, isCarried: carried is not null);
                    if (isUnchanged)
                    {
                        _source.Add(tb);
                        if (carried is null)
                        {
                            _machine.NoteTranslation(tb);
                        }
                    }
                    else
                    {
                        _machine.Cache.Invalidate(tb);
                    }

                    return tb;
                }
            }

            // The bytes changed while they were being translated: nobody has seen this TB.
            NativeMemory.Free(tb.Slots);
        }
    }

    /// <summary>Translates a block that a child has translated, where the same bytes stand here.</summary>
    public void BuildLike(in ChildLedger.Block block)
    {
        if (_machine.Cache.Table.Find(block.Pc, block.Flags) is null && block.Length > 0 && block.Length <= _bytes.Length
            && Fetch(default, block.Pc, block.Length, protect: false, out var source, out _) && source.Available >= block.Length
            && ChildLedger.KeyOf(block.Pc, block.Flags, new ReadOnlySpan<byte>(_buffer, block.Length)) == block.Key)
        {
            Build(default, block.Pc, block.Flags, out _);
        }
    }

    /// <summary>
    /// Translates one instruction for one run: it is in no table, its page is not protected for it, and it links to nothing. The caller frees its slots.
    /// </summary>
    public TranslationBlock? BuildOneShot(CodePlace place, ulong pc, ulong flags, bool parallel, out GuestException fault)
    {
        if (!Fetch(place, pc, _machine.Guest.MaxInstructionLength, protect: false, out var source, out fault))
        {
            return null;
        }

        var tb = Compile(place, pc, flags, source, 1, chain: false, parallel && IsParallel, _machine.ColdBackend);
        fault = tb is null ? _source.FaultBehind(source.PageEnd) : fault;
        return tb;
    }

    /// <summary>Whether the instruction does nothing but store to guest memory (<see cref="Tcg.Ir.Op.OnlyStores"/>); where the next one begins.</summary>
    public bool OnlyStores(CodePlace place, ulong pc, ulong flags, out ulong next)
    {
        next = pc;
        if (!Fetch(place, pc, _machine.Guest.MaxInstructionLength, protect: false, out var source, out _))
        {
            return false;
        }

        _loop.Translate(_buffer, source.Available, pc, flags, new TbLimits(1, _machine.Options.MaxOps, source.PageEnd), IsParallel, isFirst: false);
        next = pc + (ulong)_loop.Length;
        return !_loop.IsTruncated && _loop.Context.OpAt(0).OnlyStores;
    }

    /// <summary>Compiles a warm TB, with those around it that run as often, for the hot backend, and publishes the code. Null when the TB has become invalid.</summary>
    public TbCode? CompileHot(TranslationBlock tb, ITcgBackend backend)
    {
        Region region;
        bool leavesExactFloat;
        lock (_source.SyncRoot)
        {
            // This thread has no quiescent points: only the lock keeps the slots that the planner reads from being reclaimed.
            if (tb.Invalid)
            {
                return null;
            }

            region = new RegionPlanner(_machine.Cache, _machine.Options).Plan(tb);
            leavesExactFloat = _source.SoftMmuPageBits == 0 && !_machine.ExactFloats.Contains(tb.Pc, tb.Flags);
        }

        var log = _machine.Options.Log;
        var links = _loop.TranslateRegion(region, _buffer, IsParallel, joins: _machine.Options.Chain);
        log?.WriteOps(LogCategories.Op, tb.Pc, region.Blocks.Count, _loop.Context);
        Optimizer.Run(_loop.Context, leavesExactFloat);
        log?.WriteOps(LogCategories.OpOpt, tb.Pc, region.Blocks.Count, _loop.Context);
        var slots = (ChainSlot*)NativeMemory.AllocZeroed((nuint)Math.Max(1, links.Length), (nuint)sizeof(ChainSlot));
        var request = Request(tb.Pc, tb.Flags, slots, _machine.Options.Chain, IsParallel) with
        {
            LeavesOddAddresses = true,
            LeavesExactFloat = leavesExactFloat,
            LabelWeights = region.Weigh(),
        };
        var code = backend.Compile(_loop.Context, request);
        log?.WriteHostCode(tb.Pc, region.Blocks.Count, backend, code);
        if (_machine.Cache.PromoteRegion(region, code, slots, links))
        {
            return code;
        }

        NativeMemory.Free(slots);
        return null;
    }

    private bool IsParallel => _machine.Threads == ThreadModel.Multi;

    // Null where not even one instruction could be fetched to its end.
    private TranslationBlock? Compile(CodePlace place, ulong pc, ulong flags, in FetchedCode source, int instructions, bool chain, bool parallel, ITcgBackend backend)
    {
        _loop.Translate(_buffer, source.Available, pc, flags, new TbLimits(instructions, _machine.Options.MaxOps, source.PageEnd), parallel, isFirst: true);
        if (_loop.IsTruncated)
        {
            return null;
        }

        var log = _machine.Options.Log;
        log?.WriteGuestCode(_machine.Guest, pc, new ReadOnlySpan<byte>(_buffer, _loop.Length));
        log?.WriteOps(LogCategories.Op, pc, blocks: 1, _loop.Context);
        Optimizer.Run(_loop.Context);
        log?.WriteOps(LogCategories.OpOpt, pc, blocks: 1, _loop.Context);
        var tb = new TranslationBlock
        {
            Pc = pc,
            Flags = flags,
            Place = place,
            Source = new ReadOnlySpan<byte>(_buffer, _loop.Length).ToArray(),
            InstructionCount = _loop.InstructionCount,
            LinksSlot1 = _loop.LinksSlot1,
            Slots = (ChainSlot*)NativeMemory.AllocZeroed(2, (nuint)sizeof(ChainSlot)),
        };
        tb.SetCode(backend.Compile(_loop.Context, Request(pc, flags, tb.Slots, chain, parallel) with { Code = tb.Source }));
        log?.WriteHostCode(pc, blocks: 1, backend, tb.Code);
        return tb;
    }

    // A TB of the program before this one, whose bytes stand here too.
    private TranslationBlock? TakeCarried(ulong pc, ulong flags, in FetchedCode source)
    {
        if (_machine.Carried is not { } carried)
        {
            return null;
        }

        lock (_source.SyncRoot)
        {
            return carried.Take(pc, flags, new ReadOnlySpan<byte>(_buffer, source.Available));
        }
    }

    private CompileRequest Request(ulong pc, ulong flags, ChainSlot* slots, bool chain, bool parallel) => _source.Describe(new CompileRequest
    {
        Pc = pc,
        TbFlags = flags,
        Slots = (nint)slots,
        Chain = chain,
        Parallel = parallel,
    });

    private bool Fetch(CodePlace place, ulong pc, int wanted, bool protect, out FetchedCode code, out GuestException fault)
    {
        if ((pc & ((ulong)_machine.Guest.InstructionAlignment - 1)) != 0)
        {
            code = default;
            fault = new GuestException(ExceptionKind.PcAlignment, pc, pc, GuestAccess.Execute, 0, 0, After: false);
            return false;
        }

        return _source.TryFetch(place, pc, _buffer, wanted, protect, out code, out fault);
    }
}
