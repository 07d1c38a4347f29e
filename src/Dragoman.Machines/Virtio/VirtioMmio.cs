using System.Buffers.Binary;
using Dragoman.Machines.Devices;
using Dragoman.Machines.Interrupts;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Virtio;

/// <summary>A virtio device in memory, or an empty place for one. Guarded by the big lock.</summary>
/// <remarks>VIRTIO 1.2, section 4.2: registers of version 2. There is no legacy interface.</remarks>
[UnderBigLock]
public sealed class VirtioMmio : IMmioDevice
{
    /// <summary>Bytes of registers.</summary>
    public const ulong Size = 0x200;

    private const uint
        MagicValue = 0x000, VersionOf = 0x004, DeviceId = 0x008, VendorId = 0x00C, DeviceFeatures = 0x010, DeviceFeaturesSel = 0x014, DriverFeatures = 0x020,
        DriverFeaturesSel = 0x024, QueueSel = 0x030, QueueSizeMax = 0x034, QueueSize = 0x038, QueueReady = 0x044, QueueNotify = 0x050, InterruptStatus = 0x060,
        InterruptAck = 0x064, Status = 0x070, QueueDesc = 0x080, QueueDriver = 0x090, QueueDevice = 0x0A0, SharedMemory = 0x0B0, SharedMemoryEnd = 0x0C0,
        Config = 0x100;

    private const uint Magic = 0x7472_6976, Version = 2, Vendor = 0x4D47_5244;

    private const uint UsedBuffer = 1, ConfigurationChange = 2;

    private const uint DriverOk = 4, FeaturesOk = 8, NeedsReset = 0x40;

    private const ulong Version1 = 1UL << 32, IndirectDescriptors = 1UL << 28;

    private readonly VirtioDevice? _device;
    private readonly InterruptLine _line;
    private readonly VirtQueue[] _queues;
    private uint _status, _interrupts, _deviceFeaturesHalf, _driverFeaturesHalf, _selected;
    private ulong _accepted;

    /// <summary>Creates a place.</summary>
    /// <param name="device">What is in it, or null.</param>
    /// <param name="ram">Where drivers put queues.</param>
    /// <param name="line">Its interrupt.</param>
    public VirtioMmio(VirtioDevice? device, GuestRam ram, InterruptLine line)
    {
        _device = device;
        _line = line;
        _queues = [.. Enumerable.Range(0, device?.Queues ?? 0).Select(_ => new VirtQueue(ram, () => Interrupt(UsedBuffer)))];
        if (device is not null)
        {
            device.Rings = _queues;
            device.Kick = Serve;
        }
    }

    private ulong Offered => (_device?.Features ?? 0) | Version1 | IndirectDescriptors;

    private VirtQueue? Selected => _selected < _queues.Length ? _queues[_selected] : null;

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        if (offset >= Config)
        {
            return ReadConfiguration(offset - Config, size);
        }

        // Registers are read whole (section 4.2.2.2).
        if (size != 4)
        {
            return 0;
        }

        return _device is null ? (uint)offset is MagicValue ? Magic : offset == VersionOf ? Version : 0 : (uint)offset switch
        {
            MagicValue => Magic,
            VersionOf => Version,
            DeviceId => _device.Id,
            VendorId => Vendor,
            DeviceFeatures => _deviceFeaturesHalf < 2 ? (uint)(Offered >> (int)_deviceFeaturesHalf * 32) : 0,
            QueueSizeMax => Selected is null ? 0u : VirtQueue.MaxSize,
            QueueReady => Selected is { IsReady: true } ? 1u : 0,
            InterruptStatus => _interrupts,
            Status => _status,
            >= SharedMemory and < SharedMemoryEnd => uint.MaxValue,
            _ => 0u,
        };
    }

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size)
    {
        if (_device is null || size != 4 || offset >= Config)
        {
            return;
        }

        var word = (uint)value;
        switch ((uint)offset)
        {
            case DeviceFeaturesSel:
                _deviceFeaturesHalf = word;
                break;
            case DriverFeaturesSel:
                _driverFeaturesHalf = word;
                break;
            case DriverFeatures when _driverFeaturesHalf < 2 && (_status & FeaturesOk) == 0:
                var shift = (int)_driverFeaturesHalf * 32;
                _accepted = (_accepted & ~((ulong)uint.MaxValue << shift)) | (ulong)word << shift;
                break;
            case QueueSel:
                _selected = word;
                break;
            case QueueNotify when word < _queues.Length:
                Serve((int)word);
                break;
            case InterruptAck:
                _interrupts &= ~word;
                _line.Set(_interrupts != 0);
                break;
            case Status:
                WriteStatus(word);
                break;
            default:
                WriteQueue((uint)offset, word);
                break;
        }
    }

    private void WriteQueue(uint offset, uint word)
    {
        if (Selected is not { } queue)
        {
            return;
        }

        switch (offset)
        {
            case QueueSize when word is > 0 and <= VirtQueue.MaxSize && (word & word - 1) == 0:
                queue.Size = (int)word;
                break;
            case QueueReady:
                queue.IsReady = (word & 1) != 0;
                break;
            case QueueDesc or QueueDesc + 4:
                queue.Descriptors = Half(queue.Descriptors, offset, word);
                break;
            case QueueDriver or QueueDriver + 4:
                queue.Available = Half(queue.Available, offset, word);
                break;
            case QueueDevice or QueueDevice + 4:
                queue.Used = Half(queue.Used, offset, word);
                break;
        }
    }

    private static ulong Half(ulong old, uint offset, uint word) =>
        (offset & 4) == 0 ? old & ~(ulong)uint.MaxValue | word : (uint)old | (ulong)word << 32;

    // 0 is a reset. FEATURES_OK stays only if the driver took no feature that is not there, and the one without which nothing goes.
    private void WriteStatus(uint word)
    {
        if (word == 0)
        {
            (_status, _interrupts, _accepted, _selected, _deviceFeaturesHalf, _driverFeaturesHalf) = (0, 0, 0, 0, 0, 0);
            Array.ForEach(_queues, queue => queue.Reset());
            _device?.Reset();
            _line.Set(false);
            return;
        }

        if ((_accepted & ~Offered) != 0 || (_accepted & Version1) == 0)
        {
            word &= ~FeaturesOk;
        }

        _status = word & 0xFF | _status & NeedsReset;
    }

    private void Serve(int queue)
    {
        if ((_status & (DriverOk | NeedsReset)) != DriverOk)
        {
            return;
        }

        try
        {
            _device!.Serve(queue);
        }
        catch (VirtioException)
        {
            // The driver is told, and nothing is served until it resets the device (section 2.1.2).
            _status |= NeedsReset;
            Interrupt(ConfigurationChange);
        }
    }

    private void Interrupt(uint reason)
    {
        _interrupts |= reason;
        _line.Set(true);
    }

    private ulong ReadConfiguration(ulong offset, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        var configuration = (_device?.Configuration ?? []).AsSpan();
        if (offset < (ulong)configuration.Length)
        {
            var rest = configuration[(int)offset..];
            rest[..Math.Min(rest.Length, size)].CopyTo(bytes);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
