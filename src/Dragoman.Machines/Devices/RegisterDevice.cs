using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>
/// A device of 32-bit registers. Accesses of 8 bytes are two of 4, the lower first; smaller ones read a part of the register, or write one, which the mask names.
/// Called with the big lock held.
/// </summary>
[UnderBigLock]
public abstract class RegisterDevice : IMmioDevice
{
    /// <inheritdoc/>
    public ulong Read(ulong offset, int size) => Read(offset, size, 0);

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size) => Write(offset, value, size, 0);

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size, int vcpu)
    {
        var register = (uint)offset & ~3u;
        var low = ReadRegister(register, vcpu);
        if (size == 8)
        {
            return low | (ulong)ReadRegister(register + 4, vcpu) << 32;
        }

        var part = low >> (int)(offset & 3) * 8;
        return size == 4 ? part : part & ((1u << size * 8) - 1);
    }

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size, int vcpu)
    {
        var register = (uint)offset & ~3u;
        if (size >= 4)
        {
            WriteRegister(register, (uint)value, uint.MaxValue, vcpu);
            if (size == 8)
            {
                WriteRegister(register + 4, (uint)(value >> 32), uint.MaxValue, vcpu);
            }

            return;
        }

        var shift = (int)(offset & 3) * 8;
        var mask = ((1u << size * 8) - 1) << shift;
        WriteRegister(register, (uint)value << shift & mask, mask, vcpu);
    }

    /// <summary>Reads the register at an offset (a multiple of 4). What is no register reads as zero.</summary>
    /// <param name="offset">From the device's start.</param>
    /// <param name="vcpu">Who asks.</param>
    protected abstract uint ReadRegister(uint offset, int vcpu);

    /// <summary>Writes the bits of a register that <paramref name="mask"/> has; the others of <paramref name="value"/> are 0.</summary>
    protected abstract void WriteRegister(uint offset, uint value, uint mask, int vcpu);

    /// <summary>A register's new value.</summary>
    protected static uint Merge(uint old, uint value, uint mask) => (old & ~mask) | (value & mask);
}
