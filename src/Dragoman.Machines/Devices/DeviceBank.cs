using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>Devices smaller than a page, side by side: of those that do not care which vCPU asks.</summary>
/// <param name="stride">Bytes from one to the next: a power of two.</param>
/// <param name="devices">In the order of their addresses: as many as the bank's bytes have room for.</param>
[UnderBigLock]
public sealed class DeviceBank(ulong stride, IReadOnlyList<IMmioDevice> devices) : IMmioDevice
{
    /// <inheritdoc/>
    public ulong Read(ulong offset, int size) => At(offset).Read(offset % stride, size);

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size) => At(offset).Write(offset % stride, value, size);

    private IMmioDevice At(ulong offset) => devices[(int)(offset / stride)];
}
