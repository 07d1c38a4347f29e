using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Turns guest bytes that the caller holds a copy of into the ops of one TB or region. Belongs to one thread.
/// </summary>
internal sealed unsafe class TranslatorLoop
{
    private readonly IGuest _guest;
    private readonly RuntimeLog? _log;
    private readonly DisasContext _disas;

    public TranslatorLoop(IGuest guest, RuntimeLog? log, int softMmuPageBits = 0)
    {
        _guest = guest;
        _log = log;
        Context = new TcgContext(guest.Globals, guest.PcOffset);
        _disas = new DisasContext { Tcg = Context, SoftMmuPageBits = softMmuPageBits };
    }

    /// <summary>The ops, after <see cref="Translate"/>.</summary>
    public TcgContext Context { get; }

    /// <summary>Guest instructions of the TB.</summary>
    public int InstructionCount { get; private set; }

    /// <summary>Guest bytes of the TB.</summary>
    public int Length { get; private set; }

    /// <summary>False when slot 1 must not be linked; see <see cref="TranslationBlock.LinksSlot1"/>.</summary>
    public bool LinksSlot1 { get; private set; }

    /// <summary>The first instruction goes on where no more can be fetched: there are no ops.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Builds the ops.</summary>
    /// <param name="code">Copy of the guest's bytes at <paramref name="pc"/>.</param>
    /// <param name="available">Bytes that may be read there.</param>
    /// <param name="pc">Guest PC.</param>
    /// <param name="flags">The <c>tbstate</c> bits.</param>
    /// <param name="limits">Where the TB must end.</param>
    /// <param name="parallel">See <see cref="DisasContext.Parallel"/>.</param>
    /// <param name="isFirst">False when the same TB was logged before (it is compiled again for another tier).</param>
    public void Translate(byte* code, int available, ulong pc, ulong flags, TbLimits limits, bool parallel, bool isFirst)
    {
        Context.Reset();
        TranslateBlock(code, available, pc, flags, limits, parallel, isFirst);
    }

    /// <summary>Builds the ops of a region; <paramref name="buffer"/> has room for the bytes of each of its TBs.</summary>
    /// <param name="region">Its TBs.</param>
    /// <param name="buffer">Where their bytes are copied to.</param>
    /// <param name="parallel">See <see cref="DisasContext.Parallel"/>.</param>
    /// <param name="joins">False: exits that lead to a TB of the region leave all the same (<c>-d nochain</c>).</param>
    /// <returns>For each exit slot of the region, whether it may be linked.</returns>
    public bool[] TranslateRegion(Region region, byte* buffer, bool parallel, bool joins)
    {
        Context.Reset();
        Dictionary<(ulong Pc, ulong State), Label> labels = [];
        foreach (var block in region.Blocks)
        {
            labels.Add((block.Pc, block.Flags), Context.NewLabel());
        }

        List<bool> links = [];
        List<bool> calls = [];
        List<int> firstOps = [];
        HashSet<ulong> returns = [];
        var instructions = 0;
        foreach (var block in region.Blocks)
        {
            firstOps.Add(Context.OpCount);
            Context.SetLabel(labels[(block.Pc, block.Flags)]);
            block.Source.CopyTo(new Span<byte>(buffer, block.Source.Length));
            TranslateBlock(buffer, block.Source.Length, block.Pc, block.Flags, new TbLimits(block.InstructionCount, int.MaxValue, ulong.MaxValue), parallel, isFirst: false);
            links.Add(LinksSlot1);
            instructions += InstructionCount;
            calls.Add(SavesReturn(firstOps[^1], block.End));
            if (calls[^1])
            {
                returns.Add(block.End);
            }
        }

        RegionOps join = joins ? new(Context, labels, returns) : new(Context, [], []);
        join.Join(links, calls, firstOps);
        InstructionCount = instructions;
        return [.. join.Slots];
    }

    // A block that puts the address behind it somewhere is a call: that is where its callee returns to.
    private bool SavesReturn(int firstOp, ulong end)
    {
        foreach (ref readonly var op in Context.Ops[firstOp..])
        {
            for (var i = 0; i < op.InputCount; i++)
            {
                if (Context.TryConst(op.In(i), out var value) && value == end)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void TranslateBlock(byte* code, int available, ulong pc, ulong flags, TbLimits limits, bool parallel, bool isFirst)
    {
        _disas.TbPc = pc;
        _disas.TbFlags = flags;
        _disas.Parallel = parallel;
        _disas.Ended = false;
        _disas.EndAfter = false;
        LinksSlot1 = true;
        IsTruncated = false;
        var at = pc;
        var count = 0;
        do
        {
            _disas.Pc = at;
            _disas.NextPc = at;
            _disas.Code = code + (at - pc);
            _disas.CodeAvailable = available - (int)(at - pc);
            _disas.Unimplemented = null;
            _disas.IsTruncated = false;
            var start = Context.OpCount;
            Context.InsnStart(at, _disas.TbFlags);
            _guest.TranslateInstruction(_disas);
            Context.MarkInstruction(start);
            if (_disas.IsTruncated)
            {
                IsTruncated = count == 0;
                break;
            }

            // The last instruction of the address space is followed by the first.
            if ((long)(_disas.NextPc - at) <= 0)
            {
                throw new InvalidOperationException($"The {_guest.Name} frontend did not advance past {at:x}.");
            }

            if (isFirst && _disas.Unimplemented is { } name && _log?.Has(LogCategories.Unimp) == true)
            {
                _log.WriteLine($"unimplemented instruction at {at:x}: {name}");
            }

            at = _disas.NextPc;
            count++;
        }
        while (!_disas.Ended && !_disas.EndAfter && count < limits.Instructions && Context.OpCount < limits.Ops
            && at - 1 < limits.End - 1 && (int)(at - pc) < available);

        if (_disas.EndAfter && !_disas.Ended)
        {
            // Slot 1 that never is linked: the dispatcher looks up the PC with the tbstate of that moment.
            LinksSlot1 = false;
            Context.GotoTb(1, at, _disas.TbFlags);
        }
        else if (!_disas.Ended)
        {
            _disas.GoTo(0, at);
        }

        InstructionCount = count;
        Length = (int)(at - pc);
    }
}
