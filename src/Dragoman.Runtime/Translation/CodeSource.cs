using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Translation;

/// <summary>Where translators get the guest's code from, and who keeps watch over its pages. Shared by all threads.</summary>
internal abstract unsafe class CodeSource
{
    /// <summary>Guards pages, code tables, and what is retired.</summary>
    public abstract Lock SyncRoot { get; }

    /// <summary>Log2 of the MMU's page, 0 where there is no MMU.</summary>
    public virtual int SoftMmuPageBits => 0;

    /// <summary>Where a branch to an address leads: the address without the bits that the processor drops. No code is ever at one that has them. On the vCPU's thread.</summary>
    public virtual ulong BranchTarget(ScheduledVcpu vcpu, ulong address) => address;

    /// <summary>Finds the page that a PC leads to now. On the vCPU's thread.</summary>
    /// <returns>False with the fault when it cannot be fetched from.</returns>
    public virtual bool TryLocate(ScheduledVcpu vcpu, ulong pc, ulong flags, out CodePlace place, out GuestException fault)
    {
        place = default;
        fault = default;
        return true;
    }

    /// <summary>
    /// Copies the code at a PC, up to its page's end (and one instruction over it, where instructions may lie across), and has its pages watched if
    /// <paramref name="protect"/>: from then on a change is seen. False with the fault when it cannot be fetched.
    /// </summary>
    public abstract bool TryFetch(CodePlace place, ulong pc, byte* buffer, int wanted, bool protect, out FetchedCode code, out GuestException fault);

    /// <summary>The fault of an instruction that goes on behind what could be fetched.</summary>
    public abstract GuestException FaultBehind(ulong address);

    /// <summary>True when nothing has happened to a TB's pages since its bytes were copied. Under the lock.</summary>
    public abstract bool IsUnchanged(TranslationBlock tb, in FetchedCode code);

    /// <summary>Notes that a TB was translated from its pages. Under the lock.</summary>
    public abstract void Add(TranslationBlock tb);

    /// <summary>Has a TB's pages watched again, after all were forgotten. Under the lock.</summary>
    public abstract void Watch(TranslationBlock tb);

    /// <summary>All TBs have been invalidated: no page is watched any more. Under the lock.</summary>
    public abstract void ForgetAll();

    /// <summary>What backends must know of the guest's memory.</summary>
    public abstract CompileRequest Describe(CompileRequest request);
}
