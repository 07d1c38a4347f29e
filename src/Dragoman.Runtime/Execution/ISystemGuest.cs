using Dragoman.Runtime.Guests;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Runtime.Execution;

/// <summary>A guest architecture at its privileged levels: what the loop of an emulated system asks of it. Immutable and shared; all calls are on the vCPU's thread.</summary>
public interface ISystemGuest
{
    /// <summary>The architecture.</summary>
    IGuest Guest { get; }

    /// <summary>Its address translation.</summary>
    IMmu Mmu { get; }

    /// <summary>Log2 of the smallest page.</summary>
    int PageBits { get; }

    /// <summary>The MMU mode of instruction fetches, by <c>tbstate</c>.</summary>
    int FetchMode(ulong flags);

    /// <summary>Where a branch to an address leads: the address without the bits that the processor drops.</summary>
    ulong BranchTarget(SystemVcpu vcpu, ulong address) => address;

    /// <summary>
    /// The argument of the <see cref="Dragoman.Tcg.Abi.ExceptionKind.GuestTrap"/> that the state has every instruction raise which can be fetched, or null. <c>tbstate</c> tells such states from others.
    /// </summary>
    ulong? FetchTrap(SystemVcpu vcpu) => null;

    /// <summary>The MMU mode of the accesses that software makes now.</summary>
    int DataMode(SystemVcpu vcpu);

    /// <summary>Puts a vCPU at its reset values, with its number among those of the machine, where it starts, and one argument. It does not run.</summary>
    void Reset(SystemVcpu vcpu, ulong id, ulong entry, ulong context);

    /// <summary>Takes an exception: the state becomes that at the handler's first instruction.</summary>
    void TakeException(SystemVcpu vcpu, in GuestException exception);

    /// <summary>Takes the interrupt of the asserted lines that comes first, if any is not masked.</summary>
    void TakeInterrupt(SystemVcpu vcpu);

    /// <summary>Nanoseconds until the vCPU's timer sends it the next event, or null if it sends none.</summary>
    long? NextTimedEvent(SystemVcpu vcpu);

    /// <summary>Goes on behind the instruction at the PC, which somebody else has done.</summary>
    void SkipInstruction(SystemVcpu vcpu);
}
