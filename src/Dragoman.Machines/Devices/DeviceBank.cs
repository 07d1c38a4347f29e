using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>Devices smaller than a page, side by side.</summary>
/// <param name="stride">Bytes from one to the next: a power of two.</param>
/// <param name="devices">In the order of their addresses; null where there is none: reads as zero.</param>
public sealed class DeviceBank(ulong stride, IReadOnlyList<IMmioDevice?> devices) : IMmioDevice
{
    /// <inheritdoc/>
    public ulong Read(ulong offset, int size) => At(offset)?.Read(offset % stride, size) ?? 0;

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size) => At(offset)?.Write(offset % stride, value, size);

    private IMmioDevice? At(ulong offset) => offset / stride is var index && index < (ulong)devices.Count ? devices[(int)index] : null;
}
