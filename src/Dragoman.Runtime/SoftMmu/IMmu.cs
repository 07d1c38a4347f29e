using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// A guest architecture's address translation. Called on the vCPU's thread, in the middle of an instruction whose state the block holds; where it returns
/// false, and after <see cref="BusFault"/>, an exception is pending in the block and the instruction is abandoned.
/// </summary>
public interface IMmu
{
    /// <summary>Walks the page tables. Sets accessed and dirty flags atomically.</summary>
    bool Translate(SystemVcpu vcpu, ulong address, GuestAccess access, int mode, out MmuTranslation translation);

    /// <summary>Nothing answers at the physical address.</summary>
    void BusFault(SystemVcpu vcpu, ulong address, ulong physical, GuestAccess access, int mode);

    /// <summary>An access that a watchpoint covers is about to be done. True: an exception is pending and the access is not done.</summary>
    bool WatchpointHit(SystemVcpu vcpu, Watchpoint watchpoint, ulong address, GuestAccess access) => false;
}
