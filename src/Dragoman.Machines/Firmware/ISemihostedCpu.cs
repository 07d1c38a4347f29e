using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Firmware;

/// <summary>A processor that asks its host for something, and the host. Called with the big lock held.</summary>
[UnderBigLock]
public interface ISemihostedCpu
{
    /// <summary>Copies from the guest's memory at a virtual address.</summary>
    bool TryRead(ulong address, Span<byte> bytes);

    /// <summary>Copies to the guest's memory at a virtual address.</summary>
    bool TryWrite(ulong address, ReadOnlySpan<byte> bytes);

    /// <summary>Prints on the debug console.</summary>
    void Print(ReadOnlySpan<byte> bytes);

    /// <summary>Ends the machine with an exit status.</summary>
    void Exit(int status);
}
