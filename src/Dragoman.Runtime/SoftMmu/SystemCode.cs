using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The code of an emulated system: a PC leads through the vCPU's TLB to a page of RAM, and a TB holds for that page at that guest address. A TB ends with its
/// page: for guests whose instructions do not lie across.
/// </summary>
internal sealed unsafe class SystemCode : CodeSource
{
    private readonly PhysicalMemory _memory;
    private readonly ISystemGuest _guest;
    private readonly ulong _offsetMask;

    public SystemCode(PhysicalMemory memory, ISystemGuest guest)
    {
        if (guest.Guest.InstructionAlignment != guest.Guest.MaxInstructionLength)
        {
            throw new NotSupportedException($"Instructions of {guest.Guest.Name} may lie across pages.");
        }

        _memory = memory;
        _guest = guest;
        _offsetMask = (1UL << memory.PageBits) - 1;
        Pages = new PhysicalCodePages(memory, SyncRoot);
    }

    /// <summary>The pages with code.</summary>
    public PhysicalCodePages Pages { get; }

    public override Lock SyncRoot { get; } = new();

    public override int SoftMmuPageBits => _memory.PageBits;

    public override ulong BranchTarget(ScheduledVcpu vcpu, ulong address) => _guest.BranchTarget((SystemVcpu)vcpu, address);

    public override bool TryLocate(ScheduledVcpu vcpu, ulong pc, ulong flags, out CodePlace place, out GuestException fault)
    {
        var one = (SystemVcpu)vcpu;
        var mode = _guest.FetchMode(flags);
        place = default;
        fault = default;
        if ((pc & ((ulong)_guest.Guest.InstructionAlignment - 1)) != 0)
        {
            fault = new GuestException(ExceptionKind.PcAlignment, pc, pc, GuestAccess.Execute, 0, 0, After: false);
            return false;
        }

        if (!one.Tlb.TryProbe(pc, GuestAccess.Execute, mode, out var hit))
        {
            fault = GuestException.Take(one.Header) with { Access = GuestAccess.Execute };
            return false;
        }

        if (hit.Section?.Ram is null)
        {
            // Nothing is fetched from devices.
            _guest.Mmu.BusFault(one, pc, hit.Physical | (pc & _offsetMask), GuestAccess.Execute, mode);
            fault = GuestException.Take(one.Header) with { Access = GuestAccess.Execute };
            return false;
        }

        if (_guest.FetchTrap(one) is { } trap)
        {
            fault = new GuestException(ExceptionKind.GuestTrap, trap, pc, GuestAccess.Execute, 0, 0, After: false);
            return false;
        }

        place = new CodePlace(pc & ~_offsetMask, hit.Physical);
        return true;
    }

    public override bool TryFetch(CodePlace place, ulong pc, byte* buffer, int wanted, bool protect, out FetchedCode code, out GuestException fault)
    {
        fault = default;
        var (block, offset) = RamOf(place, pc);
        lock (SyncRoot)
        {
            var generation = protect ? Pages.BeginTranslation(block, offset) : 0;
            var count = (int)Math.Min((ulong)wanted, _offsetMask + 1 - (pc & _offsetMask));
            Buffer.MemoryCopy(block.Host + offset, buffer, count, count);
            code = new FetchedCode(count, place.Page + _offsetMask + 1, generation, 0);
            return true;
        }
    }

    public override GuestException FaultBehind(ulong address) => throw new InvalidOperationException("An instruction lies across pages.");

    public override bool IsUnchanged(TranslationBlock tb, in FetchedCode code)
    {
        var (block, offset) = RamOf(tb.Place, tb.Pc);
        return Pages.IsUnchanged(block, offset, code.Generation);
    }

    public override void Add(TranslationBlock tb)
    {
        var (block, offset) = RamOf(tb.Place, tb.Pc);
        Pages.Add(block, offset, tb);
    }

    public override void Watch(TranslationBlock tb)
    {
        var (block, offset) = RamOf(tb.Place, tb.Pc);
        Pages.BeginTranslation(block, offset);
    }

    public override void ForgetAll() => Pages.ForgetAll();

    public override CompileRequest Describe(CompileRequest request) => request with { SoftMmuPageBits = _memory.PageBits };

    private (RamBlock Block, ulong Offset) RamOf(CodePlace place, ulong pc)
    {
        var section = _memory.Find(place.Physical)!;
        return (section.Ram!, section.OffsetOf(place.Physical) + (pc & _offsetMask));
    }
}
