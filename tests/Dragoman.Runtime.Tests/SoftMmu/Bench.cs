using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.SoftMmu;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>A machine with 4 MiB of RAM at 0, the page table in RAM at 16 MiB, a device at 32 MiB, ROM at 48 MiB, and some vCPUs.</summary>
internal sealed unsafe class Bench : IDisposable
{
    public const ulong RamSize = 4 << 20;
    public const ulong DeviceAt = 32 << 20;
    public const ulong RomAt = 48 << 20;
    public const int StateSize = VcpuHeader.GuestState + 512;

    private readonly LateMmu _late = new();

    public Bench(int vcpus = 1, ThreadModel threads = ThreadModel.Multi)
    {
        Machine = new SystemMachine(StateSize, 12, _late, threads);
        Ram = Machine.Memory.AddRam(0, RamSize);
        Mmu = new TableMmu(Machine.Memory.AddRam(16 << 20, 1 << 20));
        _late.Target = Mmu;
        Device = new RecordingDevice(Machine);
        Machine.Memory.AddDevice(DeviceAt, 0x2000, Device);
        Rom = Machine.Memory.AddRam(RomAt, 0x1000, isReadOnly: true);
        Vcpus = [.. Enumerable.Range(0, vcpus).Select(_ => Machine.CreateVcpu())];
    }

    public SystemMachine Machine { get; }

    public RamBlock Ram { get; }

    public RamBlock Rom { get; }

    public TableMmu Mmu { get; }

    public RecordingDevice Device { get; }

    public SystemVcpu[] Vcpus { get; }

    public SystemVcpu Vcpu => Vcpus[0];

    /// <summary>Maps a page in every mode but 0.</summary>
    public void Map(ulong address, ulong physical, ulong flags = TableMmu.Writable) => Mmu.EntryOf(address) = physical | flags | TableMmu.Valid;

    /// <summary>A load as a backend does it; null when an exception is pending.</summary>
    public static ulong? Load(SystemVcpu vcpu, ulong address, MemOp size, int mode)
    {
        var op = size.InMode(mode);
        var host = SoftMmuLookup.TryLoad(vcpu.Env, address, op);
        if (host != null)
        {
            return (op & MemOp.SizeMask) switch
            {
                MemOp.Size8 => Volatile.Read(ref *host),
                MemOp.Size16 => Volatile.Read(ref *(ushort*)host),
                MemOp.Size32 => Volatile.Read(ref *(uint*)host),
                _ => Volatile.Read(ref *(ulong*)host),
            };
        }

        return SoftMmuLookup.Load((nint)vcpu.Env, address, (uint)op) != 0 ? vcpu.Header->Scratch0 : null;
    }

    /// <summary>A store of 8 bytes or less as a backend does it; false when an exception is pending.</summary>
    public static bool Store(SystemVcpu vcpu, ulong address, ulong value, MemOp size, int mode)
    {
        var op = size.InMode(mode);
        var host = SoftMmuLookup.TryStore(vcpu.Env, address, op);
        if (host != null && (op & MemOp.SizeMask) == MemOp.Size64)
        {
            Volatile.Write(ref *(ulong*)host, value);
            return true;
        }

        vcpu.Header->Scratch0 = value;
        return SoftMmuLookup.Store((nint)vcpu.Env, address, (uint)op) != 0;
    }

    public ulong? Load(ulong address, MemOp size = MemOp.Size64, int mode = 1) => Load(Vcpu, address, size, mode);

    public bool Store(ulong address, ulong value, MemOp size = MemOp.Size64, int mode = 1) => Store(Vcpu, address, value, size, mode);

    /// <summary>Takes the pending exception.</summary>
    public ExceptionKind TakeException()
    {
        var kind = Vcpu.Header->Exception;
        Vcpu.Header->Exception = ExceptionKind.None;
        return kind;
    }

    public ref T Physical<T>(ulong address)
        where T : unmanaged => ref *(T*)(Ram.Host + address);

    public void Dispose() => Machine.Dispose();

    // The MMU's table lies in the machine's own memory.
    private sealed class LateMmu : IMmu
    {
        public IMmu Target { get; set; } = null!;

        public bool Translate(SystemVcpu vcpu, ulong address, GuestAccess access, int mode, out MmuTranslation translation) =>
            Target.Translate(vcpu, address, access, mode, out translation);

        public void BusFault(SystemVcpu vcpu, ulong address, ulong physical, GuestAccess access, int mode) =>
            Target.BusFault(vcpu, address, physical, access, mode);

        public bool WatchpointHit(SystemVcpu vcpu, Watchpoint watchpoint, ulong address, GuestAccess access) =>
            Target.WatchpointHit(vcpu, watchpoint, address, access);
    }
}

/// <summary>A device that writes down what is asked of it.</summary>
internal sealed class RecordingDevice(SystemMachine machine) : IMmioDevice
{
    public List<string> Accesses { get; } = [];

    public ulong Read(ulong offset, int size)
    {
        Assert.True(machine.BigLock.IsHeld);
        Accesses.Add($"r{size}@{offset:x}");
        return 0x8877665544332211UL + offset;
    }

    public void Write(ulong offset, ulong value, int size)
    {
        Assert.True(machine.BigLock.IsHeld);
        Accesses.Add($"w{size}@{offset:x}={value:x}");
    }
}
