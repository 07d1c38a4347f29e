using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>A device that answers loads and stores of physical addresses. Called with the machine's big lock held, on the vCPU's thread, outside translated code.</summary>
[UnderBigLock]
public interface IMmioDevice
{
    /// <summary>Answers a load of <paramref name="size"/> bytes (1, 2, 4 or 8) at <paramref name="offset"/> from the device's start, zero-extended.</summary>
    ulong Read(ulong offset, int size);

    /// <summary>Takes a store of the low <paramref name="size"/> bytes (1, 2, 4 or 8) of <paramref name="value"/>.</summary>
    void Write(ulong offset, ulong value, int size);

    /// <summary>As <see cref="Read(ulong, int)"/>, and says which vCPU asks, for devices of which each vCPU sees its own.</summary>
    ulong Read(ulong offset, int size, int vcpu) => Read(offset, size);

    /// <summary>As <see cref="Write(ulong, ulong, int)"/>, and says which vCPU stores.</summary>
    void Write(ulong offset, ulong value, int size, int vcpu) => Write(offset, value, size);
}
