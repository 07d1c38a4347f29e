using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;

namespace Dragoman.Guests.AArch64;

/// <summary>What system instructions do outside the vCPU's own registers: TLBs, page tables, devices, the loop that takes interrupts.</summary>
internal static unsafe partial class Helpers
{
    private const int LevelOfLowestBit = 12;
    private const int BitsBelowTag = 56;

    public static partial ulong take_interrupts(byte* env, ulong masks)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        var lines = vcpu.InterruptLines;
        var irq = (lines & 1 << AArch64System.IrqLine) != 0 && (masks & CpuState.IrqMask) == 0;
        var fiq = (lines & 1 << AArch64System.FiqLine) != 0 && (masks & CpuState.FiqMask) == 0;
        if (irq || fiq)
        {
            vcpu.Kick();
        }

        return 0;
    }

    public static partial ulong pending_interrupts(byte* env)
    {
        var lines = SystemVcpu.FromEnv(env).InterruptLines;
        return (ulong)((lines >> AArch64System.IrqLine & 1) << 7 | (lines >> AArch64System.FiqLine & 1) << 6);
    }

    public static partial ulong flush_tlb(byte* env)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        vcpu.Machine.TlbFlush(vcpu);
        return 0;
    }

    /// <summary>Entries have no ASID, so those of one are those of all.</summary>
    public static partial ulong tlb_invalidate(byte* env, ulong crm, ulong op2, ulong x)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        var machine = vcpu.Machine;
        var isBroadcast = crm == 3;

        // Bits 43:0 are bits 55:12 of the address. Entries have the whole address of the access that made them, so a page may be there with several tags.
        var address = (ulong)((long)(x << (LevelOfLowestBit + 8)) >> 8);
        switch (op2, isBroadcast)
        {
            case (0 or 2, true):
                machine.TlbFlushAllCpus(vcpu);
                break;
            case (0 or 2, false):
                machine.TlbFlush(vcpu);
                break;
            case (_, true):
                machine.TlbFlushPageBitsByMmuIdxAllCpus(vcpu, address, MmuModes.All, BitsBelowTag);
                break;
            default:
                machine.TlbFlushPageBitsByMmuIdx(vcpu, address, MmuModes.All, BitsBelowTag);
                break;
        }

        return 0;
    }

    public static partial ulong has_incomplete_tlbi(byte* env)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        return vcpu.Machine.HasIncompleteFlush(vcpu) ? 1UL : 0;
    }

    public static partial ulong send_event(byte* env, ulong to_all)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        if (to_all == 0)
        {
            vcpu.SendEvent();
            return 0;
        }

        foreach (var one in vcpu.Machine.Vcpus)
        {
            one.SendEvent();
        }

        return 0;
    }

    public static partial ulong take_event(byte* env) => SystemVcpu.FromEnv(env).TryTakeEvent() ? 1UL : 0;

    /// <summary>CNTVCT_EL0, and CNTFRQ_EL0; null without a timer.</summary>
    public static (ulong Count, ulong Frequency)? ReadCounter(SystemVcpu vcpu)
    {
        // As system.isa numbers registers.
        const uint Frequency = 3 << 14 | 3 << 11 | 14 << 7, Count = Frequency | 2;
        ulong count = 0, frequency = 0;
        return WithBoard(vcpu, board => board.ReadRegister(vcpu, Count, out count) && board.ReadRegister(vcpu, Frequency, out frequency)) ? (count, frequency) : null;
    }

    /// <summary>PAR_EL1 (D19.2.118).</summary>
    public static partial ulong address_translate(byte* env, ulong op2, ulong address)
    {
        const ulong Reserved = 1UL << 11;
        var vcpu = SystemVcpu.FromEnv(env);
        var access = (op2 & 1) != 0 ? GuestAccess.Write : GuestAccess.Read;
        if (!new PageTableWalk(vcpu, isLookup: true).TryTranslate(address, access, isUser: op2 >= 2, out var translation, out var status))
        {
            if (FaultStatus.IsExternalOnWalk(status))
            {
                AArch64Mmu.Raise(vcpu, address, Syndrome.AddressTranslationAbort(status));
            }

            return Reserved | status << 1 | 1;
        }

        var state = new CpuState(env);
        var isOn = (state[GuestState.SCTLR_EL1] & 1) != 0;
        var memoryType = isOn ? state[GuestState.MAIR_EL1] >> (int)(8 * (translation.Attributes & 7)) & 0xFF : 0;
        return memoryType << 56 | (translation.Physical & 0x0000_FFFF_FFFF_F000) | Reserved | Shareability(memoryType, translation.Attributes) << 7;
    }

    /// <summary>PAR_EL1.SH: Device memory, and Normal memory that no cache holds, is outer shareable, whatever the descriptor says.</summary>
    private static ulong Shareability(ulong memoryType, uint attributes)
    {
        const ulong NonCacheable = 0x44;
        const uint OuterShareable = 2;
        return (memoryType & 0xF0) == 0 || memoryType == NonCacheable ? OuterShareable : attributes >> 8 & 3;
    }

    public static partial ulong check_zeroing(byte* env, ulong address)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        var state = new CpuState(env);
        var isOn = (state[GuestState.SCTLR_EL1] & 1) != 0;
        // Where the MMU is off all data is Device memory (D8.2.12). What the probe finds wrong it raises itself.
        if (vcpu.Tlb.TryProbe(address, GuestAccess.Write, state.ExceptionLevel, out var hit) && (hit.IsAligned || !isOn))
        {
            var header = vcpu.Header;
            header->Exception = ExceptionKind.AlignmentFault;
            header->ExceptionAfter = 0;
            header->ExceptionArg = (ulong)GuestAccess.Write;
            header->FaultGuestAddress = address;
        }

        return 0;
    }

    public static partial ulong read_device_register(byte* env, ulong number)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        ulong value = 0;
        if (!WithBoard(vcpu, board => board.ReadRegister(vcpu, (uint)number, out value)))
        {
            RaiseUndefined(vcpu.Header);
        }

        return value;
    }

    public static partial ulong write_device_register(byte* env, ulong number, ulong x)
    {
        var vcpu = SystemVcpu.FromEnv(env);
        if (!WithBoard(vcpu, board => board.WriteRegister(vcpu, (uint)number, x)))
        {
            RaiseUndefined(vcpu.Header);
        }

        return 0;
    }

    private static bool WithBoard(SystemVcpu vcpu, [UnderBigLock] Func<IBoard, bool> ask)
    {
        if (vcpu.Machine.Board is not { } board)
        {
            return false;
        }

        vcpu.Machine.BigLock.Enter();
        try
        {
            return ask(board);
        }
        finally
        {
            vcpu.Machine.BigLock.Exit();
        }
    }

    private static void RaiseUndefined(VcpuHeader* header)
    {
        header->Exception = ExceptionKind.IllegalInstruction;
        header->ExceptionAfter = 0;
        header->ExceptionArg = 0;
    }
}
