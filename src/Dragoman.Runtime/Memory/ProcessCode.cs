using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Faults;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Memory;

/// <summary>A process's code: read from its memory, its pages write-protected on the host.</summary>
internal sealed unsafe class ProcessCode(GuestMemory memory, IGuest guest, Func<CodePages> pages) : CodeSource
{
    public override Lock SyncRoot => memory.SyncRoot;

    /// <summary>As Linux has it (TCR_EL1.TBI0): in the low half, whose bit 55 is 0.</summary>
    public override ulong BranchTarget(ScheduledVcpu vcpu, ulong address) =>
        guest.IgnoresTopByte && (address >> 55 & 1) == 0 ? address & (ulong.MaxValue >> 8) : address;

    public override bool TryFetch(CodePlace place, ulong pc, byte* buffer, int wanted, bool protect, out FetchedCode code, out GuestException fault)
    {
        code = default;
        fault = default;
        lock (memory.SyncRoot)
        {
            var mapping = pc < memory.Limit ? memory.Find(pc) : null;
            if (mapping is null || (mapping.Protection & GuestProtection.Execute) == 0)
            {
                fault = GuestFaults.Segv(pc, GuestAccess.Execute, isMapped: mapping is not null);
                return false;
            }

            var pageEnd = memory.PageDown(pc) + (ulong)memory.PageSize;
            var end = pageEnd;
            var second = 0L;
            if (guest.InstructionAlignment < guest.MaxInstructionLength && end < memory.Limit
                && memory.Find(end) is { } next && (next.Protection & GuestProtection.Execute) != 0)
            {
                second = protect ? pages().BeginTranslation(end) : 0;
                end += (ulong)guest.MaxInstructionLength - 1;
            }

            var first = protect ? pages().BeginTranslation(pc) : 0;
            var read = GuardedCopy.Read(memory.ToHost(pc), buffer, (int)Math.Min((ulong)wanted, end - pc));
            if (read < Math.Min(wanted, guest.InstructionAlignment) && memory.FillFileEnd(pc))
            {
                read = GuardedCopy.Read(memory.ToHost(pc), buffer, (int)Math.Min((ulong)wanted, end - pc));
            }

            if (read < Math.Min(wanted, guest.InstructionAlignment))
            {
                fault = GuestFaults.Bus(pc, GuestAccess.Execute);
                return false;
            }

            code = new FetchedCode(read, pageEnd, first, second);
            return true;
        }
    }

    public override GuestException FaultBehind(ulong address)
    {
        lock (memory.SyncRoot)
        {
            return GuestFaults.Segv(address, GuestAccess.Execute, isMapped: address < memory.Limit && memory.Find(address) is not null);
        }
    }

    public override bool IsUnchanged(TranslationBlock tb, in FetchedCode code) =>
        pages().IsUnchanged(tb.Pc, code.Generation) && (tb.End <= code.PageEnd || pages().IsUnchanged(code.PageEnd, code.SecondGeneration));

    public override void Add(TranslationBlock tb) => pages().Add(tb);

    public override void Watch(TranslationBlock tb)
    {
        pages().BeginTranslation(tb.Pc);
        pages().BeginTranslation(tb.End - 1);
    }

    public override void ForgetAll() => pages().ForgetAll();

    public override CompileRequest Describe(CompileRequest request) =>
        request with { AddressLimitLog2 = memory.LimitLog2, IgnoreTopByte = guest.IgnoresTopByte };
}
