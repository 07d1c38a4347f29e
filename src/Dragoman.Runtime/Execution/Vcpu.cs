using System.Runtime.InteropServices;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// One guest CPU: the owner of an unmanaged state block. Its registers may be touched by the thread that runs it (also from
/// <see cref="IGuestKernel"/> calls), by anyone before it first runs, and by work that runs in an exclusive section.
/// </summary>
public sealed unsafe class Vcpu : ScheduledVcpu
{
    private readonly GCHandle _handle;

    internal Vcpu(UserMachine machine, int index)
        : base(machine.Blocks.Take(), index)
    {
        Machine = machine;
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
        Header->VcpuHandle = GCHandle.ToIntPtr(_handle);
        Header->GuestBase = machine.Memory.Base;
        Header->AddressLimit = machine.Memory.Limit;
        Header->ExclusiveAddress = ulong.MaxValue;
        Header->CpuIndex = index;
        Header->PcOffset = machine.Guest.PcOffset;
        machine.ExclusivePairs.Attach(this);
        machine.Guest.Reset(Env);
    }

    /// <summary>The machine it belongs to.</summary>
    public UserMachine Machine { get; }

    /// <inheritdoc/>
    public override IGuest Guest => Machine.Guest;

    /// <summary>Whatever the kernel keeps for the thread. Set before the vCPU runs.</summary>
    public object? KernelState { get; set; }

    /// <summary>The vCPU whose block is <paramref name="env"/>, for helpers.</summary>
    public static Vcpu FromEnv(byte* env) =>
        (Vcpu)GCHandle.FromIntPtr(((VcpuHeader*)env)->VcpuHandle).Target!;

    /// <summary>Copies the architectural state (not the header) of another vCPU of the same machine, as clone(2) does.</summary>
    public void CopyStateFrom(Vcpu other)
    {
        var length = (nuint)(Machine.Guest.StateSize - VcpuHeader.GuestState);
        NativeMemory.Copy(other.Env + VcpuHeader.GuestState, Env + VcpuHeader.GuestState, length);
        Header->Fp = other.Header->Fp;
    }

    /// <summary>Gives the block back. The vCPU is not running and will not run again.</summary>
    internal void Release()
    {
        Machine.Blocks.Return(Env);
        _handle.Free();
    }
}
