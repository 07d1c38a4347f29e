using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;

namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>Stage 1 translation of EL1 and EL0. MMU mode n is the accesses of ELn.</summary>
internal sealed unsafe class AArch64Mmu : IMmu
{
    /// <inheritdoc/>
    public bool Translate(SystemVcpu vcpu, ulong address, GuestAccess access, int mode, out MmuTranslation translation)
    {
        if (new PageTableWalk(vcpu).TryTranslate(address, access, mode == 0, out translation, out var status))
        {
            // Accesses to Device memory must be aligned (B2.7.2). Where the MMU is off all data is Device memory: GuestState.ALIGNED has that.
            if (IsDevice(vcpu, translation.Attributes))
            {
                translation = translation with { Attributes = translation.Attributes | MmuTranslation.Aligned };
            }

            return true;
        }

        Raise(vcpu, address, access, status);
        return false;
    }

    // MAIR_EL1 (D19.2.100): the memory type of each of eight indexes.
    private static bool IsDevice(SystemVcpu vcpu, uint attributes)
    {
        var state = new CpuState(vcpu.Env);
        return (state[GuestState.SCTLR_EL1] & 1) != 0 && (state[GuestState.MAIR_EL1] >> (int)(8 * (attributes & 7)) & 0xF0) == 0;
    }

    /// <summary>A synchronous external abort.</summary>
    public void BusFault(SystemVcpu vcpu, ulong address, ulong physical, GuestAccess access, int mode) =>
        Raise(vcpu, address, access, FaultStatus.External);

    private static void Raise(SystemVcpu vcpu, ulong address, GuestAccess access, uint status) =>
        Raise(vcpu, address, Syndrome.Abort(access, new CpuState(vcpu.Env).ExceptionLevel == 0, status));

    /// <summary>Leaves an abort pending.</summary>
    /// <param name="vcpu">Whose.</param>
    /// <param name="address">FAR_EL1.</param>
    /// <param name="syndrome">ESR_EL1.</param>
    public static void Raise(SystemVcpu vcpu, ulong address, uint syndrome)
    {
        var header = vcpu.Header;
        header->Exception = ExceptionKind.MemoryFault;
        header->ExceptionAfter = 0;
        header->ExceptionArg = syndrome;
        header->FaultGuestAddress = address;
    }
}
