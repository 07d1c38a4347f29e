using Dragoman.Runtime.Guests;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The flush calls, with QEMU's names and meanings. The plain ones run on the vCPU's own thread and have taken effect when they return. The <c>AllCpusSynced</c> ones
/// are called on the source's thread and flush every vCPU: the source before its next instruction, where it waits until no other executes that has not flushed; so
/// the flush is complete everywhere when the source goes on. Those that end in <c>AllCpus</c> do the source's at once, in the middle of an instruction too, and send the others theirs; they are
/// complete behind the source's next wait, which it makes where <see cref="HasIncompleteFlush"/>. The instruction that asks ends its TB.
/// </summary>
/// <remarks>Addresses are the guest's. <c>bits</c> says how many low bits of an address tell pages apart (64: all; fewer where the top is ignored, as Arm's TBI does).</remarks>
public sealed partial class SystemMachine
{
    private const int AllBits = 64;

    /// <summary>Empties every mode.</summary>
    [FlushesTlb]
    public void TlbFlush(SystemVcpu vcpu) => TlbFlushByMmuIdx(vcpu, MmuModes.All);

    /// <inheritdoc cref="TlbFlush"/>
    [FlushesTlb]
    public void TlbFlushAllCpusSynced(SystemVcpu source) => TlbFlushByMmuIdxAllCpusSynced(source, MmuModes.All);

    /// <summary>Empties some modes.</summary>
    [FlushesTlb]
    public void TlbFlushByMmuIdx(SystemVcpu vcpu, MmuModes modes) => vcpu.Tlb.Flush(modes);

    /// <inheritdoc cref="TlbFlushByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushByMmuIdxAllCpusSynced(SystemVcpu source, MmuModes modes) => OnAllCpus(source, tlb => tlb.Flush(modes));

    /// <summary>Drops the page of an address in every mode.</summary>
    [FlushesTlb]
    public void TlbFlushPage(SystemVcpu vcpu, ulong address) => TlbFlushPageByMmuIdx(vcpu, address, MmuModes.All);

    /// <inheritdoc cref="TlbFlushPage"/>
    [FlushesTlb]
    public void TlbFlushPageAllCpusSynced(SystemVcpu source, ulong address) => TlbFlushPageByMmuIdxAllCpusSynced(source, address, MmuModes.All);

    /// <summary>Drops the page of an address in some modes.</summary>
    [FlushesTlb]
    public void TlbFlushPageByMmuIdx(SystemVcpu vcpu, ulong address, MmuModes modes) => TlbFlushPageBitsByMmuIdx(vcpu, address, modes, AllBits);

    /// <inheritdoc cref="TlbFlushPageByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushPageByMmuIdxAllCpusSynced(SystemVcpu source, ulong address, MmuModes modes) =>
        TlbFlushPageBitsByMmuIdxAllCpusSynced(source, address, modes, AllBits);

    /// <summary>Drops every page whose address has the low <paramref name="bits"/> bits of this one.</summary>
    [FlushesTlb]
    public void TlbFlushPageBitsByMmuIdx(SystemVcpu vcpu, ulong address, MmuModes modes, int bits) => TlbFlushRangeByMmuIdx(vcpu, address, 1, modes, bits);

    /// <inheritdoc cref="TlbFlushPageBitsByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushPageBitsByMmuIdxAllCpusSynced(SystemVcpu source, ulong address, MmuModes modes, int bits) =>
        TlbFlushRangeByMmuIdxAllCpusSynced(source, address, 1, modes, bits);

    /// <summary>Drops the pages that a range of <paramref name="length"/> bytes (not 0) touches.</summary>
    [FlushesTlb]
    public void TlbFlushRangeByMmuIdx(SystemVcpu vcpu, ulong address, ulong length, MmuModes modes, int bits) =>
        vcpu.Tlb.FlushRange(address, length, modes, bits);

    /// <inheritdoc cref="TlbFlushRangeByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushRangeByMmuIdxAllCpusSynced(SystemVcpu source, ulong address, ulong length, MmuModes modes, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        OnAllCpus(source, tlb => tlb.FlushRange(address, length, modes, bits));
    }

    /// <inheritdoc cref="TlbFlush"/>
    [FlushesTlb]
    public void TlbFlushAllCpus(SystemVcpu source) => TlbFlushByMmuIdxAllCpus(source, MmuModes.All);

    /// <inheritdoc cref="TlbFlushByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushByMmuIdxAllCpus(SystemVcpu source, MmuModes modes) => SendToAll(source, tlb => tlb.Flush(modes));

    /// <inheritdoc cref="TlbFlushPage"/>
    [FlushesTlb]
    public void TlbFlushPageAllCpus(SystemVcpu source, ulong address) => TlbFlushPageByMmuIdxAllCpus(source, address, MmuModes.All);

    /// <inheritdoc cref="TlbFlushPageByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushPageByMmuIdxAllCpus(SystemVcpu source, ulong address, MmuModes modes) => TlbFlushPageBitsByMmuIdxAllCpus(source, address, modes, AllBits);

    /// <inheritdoc cref="TlbFlushPageBitsByMmuIdx"/>
    [FlushesTlb]
    public void TlbFlushPageBitsByMmuIdxAllCpus(SystemVcpu source, ulong address, MmuModes modes, int bits) =>
        SendToAll(source, tlb => tlb.FlushRange(address, 1, modes, bits));

    /// <summary>Whether flushes have been sent that the source has not waited for. On its thread.</summary>
    public bool HasIncompleteFlush(SystemVcpu source) => source.Broadcast is not null;

    private void SendToAll(SystemVcpu source, Action<SoftTlb> flush)
    {
        flush(source.Tlb);
        Scheduler.SendToOthers(source, vcpu => () => flush(((SystemVcpu)vcpu).Tlb));
    }

    // QEMU stops all vCPUs at once for this, in an exclusive section of the source; it is enough that each has been at a boundary.
    private void OnAllCpus(SystemVcpu source, Action<SoftTlb> flush) => Scheduler.AsyncRunOnCpu(source, () =>
    {
        SendToAll(source, flush);
        Scheduler.WaitForOthers(source);
    });
}
