using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>A vCPU of a machine with softmmu: a state block and its TLBs.</summary>
public sealed unsafe partial class SystemVcpu : ScheduledVcpu
{
    private readonly GCHandle _handle;

    internal SystemVcpu(SystemMachine machine, byte* env, int index)
        : base(env, index)
    {
        Machine = machine;
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
        Header->VcpuHandle = GCHandle.ToIntPtr(_handle);
        Header->CpuIndex = index;
        Header->ExclusiveAddress = ulong.MaxValue;
        Header->SoftMmu = SoftMmuAccess.Calls;
        Header->PcOffset = machine.Guest?.Guest.PcOffset ?? 0;
        Tlb = new SoftTlb(this, machine.Memory, machine.Mmu);
        machine.Exclusives?.Attach(this);
    }

    /// <summary>Its number among those of the machine, as the guest has it. Set before it runs.</summary>
    public ulong Id { get; internal set; }

    /// <summary>The machine it belongs to.</summary>
    public SystemMachine Machine { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The machine was made without a guest.</exception>
    public override IGuest Guest => SystemGuest.Guest;

    private ISystemGuest SystemGuest => Machine.Guest ?? throw new InvalidOperationException("The machine has no guest architecture.");

    private protected override IEnumerable<GuestRegister> ShownRegisters => Guest.Registers.Concat(Guest.SystemRegisters);

    /// <summary>Host address of the granule that its last load-exclusive reserved, or 0. Guarded by the lock of <see cref="ReservedPages"/>.</summary>
    internal ulong ReservedGranule { get; set; }

    /// <summary>Whether its thread holds that lock for a store-exclusive. The owner's.</summary>
    internal bool HoldsReservations { get; set; }

    /// <summary>Its TLBs.</summary>
    public SoftTlb Tlb { get; }

    /// <summary>The vCPU whose block is <paramref name="env"/>, for helpers.</summary>
    public static SystemVcpu FromEnv(byte* env) =>
        (SystemVcpu)GCHandle.FromIntPtr(((VcpuHeader*)env)->VcpuHandle).Target!;

    /// <summary>Frees what is unmanaged but for the block. The vCPU does not run again.</summary>
    internal void Release()
    {
        Tlb.Dispose();
        _handle.Free();
    }
}
