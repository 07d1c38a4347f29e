using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Virt;

/// <summary>A place in physical memory whose device a reset replaces. Guarded by the big lock.</summary>
/// <param name="device">The first.</param>
[UnderBigLock]
internal sealed class DeviceSlot(IMmioDevice device) : IMmioDevice
{
    /// <summary>The device that answers now.</summary>
    [Shared]
    public IMmioDevice Device { get; set; } = device;

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size) => Device.Read(offset, size);

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size) => Device.Write(offset, value, size);

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size, int vcpu) => Device.Read(offset, size, vcpu);

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size, int vcpu) => Device.Write(offset, value, size, vcpu);
}
