using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;

namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>AArch64 at EL1 and EL0, without EL2 and EL3. Interrupt line 0 is IRQ, line 1 FIQ.</summary>
public sealed unsafe class AArch64System : ISystemGuest
{
    /// <summary>The line of IRQs.</summary>
    public const int IrqLine = 0;

    /// <summary>The line of FIQs.</summary>
    public const int FiqLine = 1;

    private AArch64System(IGuest guest) => Guest = guest;

    /// <inheritdoc/>
    public IGuest Guest { get; }

    /// <inheritdoc/>
    public IMmu Mmu { get; } = new AArch64Mmu();

    /// <summary>12: pages of 4 KiB are the smallest.</summary>
    public int PageBits => 12;

    /// <summary>The architecture as a CPU model; the default one if none is given.</summary>
    public static AArch64System Create(CpuModel? cpu = null) =>
        new(cpu is null ? AArch64Guest.Instance : AArch64Guest.Instance.WithCpu(cpu));

    /// <summary>The exception level.</summary>
    public int FetchMode(ulong flags) => GuestState.Layout.ModeField.Of(flags);

    /// <summary>Drops the tag, where TCR_EL1.TBI0 or TBI1 says that there is one.</summary>
    public ulong BranchTarget(SystemVcpu vcpu, ulong address) => new CpuState(vcpu.Env).BranchTarget(address);

    /// <summary>
    /// The Illegal Execution state exception (D1.3.4), while PSTATE.IL is set. It stands here and not in the description, since it comes of every word, and behind the faults of its fetch (D1.3.5.5).
    /// </summary>
    public ulong? FetchTrap(SystemVcpu vcpu) => (new CpuState(vcpu.Env).Pstate & CpuState.IllegalState) != 0 ? Syndrome.Of(Syndrome.IllegalState, 0) : null;

    /// <summary>The exception level.</summary>
    public int DataMode(SystemVcpu vcpu) => new CpuState(vcpu.Env).ExceptionLevel;

    /// <summary>Reset into EL1 with SP_EL1, everything masked, the MMU off (D1.4.1); X0 holds the argument. What the board has set stays.</summary>
    public void Reset(SystemVcpu vcpu, ulong id, ulong entry, ulong context)
    {
        var state = new CpuState(vcpu.Env);
        var gic = state[GuestState.GIC];
        NativeMemory.Clear(vcpu.Env + VcpuHeader.GuestState, (nuint)(GuestState.Size - VcpuHeader.GuestState));
        Guest.Reset(vcpu.Env);
        vcpu.Header->ExclusiveAddress = ulong.MaxValue;
        vcpu.Header->ExclusiveSize = 0;
        state[GuestState.GIC] = gic;
        state[GuestState.MPIDR] = id;
        state[GuestState.ALIGNED] = 1;
        state[GuestState.PC] = entry;
        state[GuestState.X] = context;
        state.Pstate = CpuState.System | CpuState.AllMasks | CpuState.El1WithOwnStack;
    }

    /// <inheritdoc/>
    public void TakeException(SystemVcpu vcpu, in GuestException exception)
    {
        var state = new CpuState(vcpu.Env);
        var isFromUser = state.ExceptionLevel == 0;
        switch (exception.Kind)
        {
            case ExceptionKind.Syscall:
                state.EnterSynchronous(Syndrome.Of(Syndrome.SupervisorCall, (uint)exception.Argument & 0xFFFF));
                break;
            case ExceptionKind.Breakpoint:
                state.EnterSynchronous(Syndrome.Of(Syndrome.Breakpoint, (uint)exception.Argument & 0xFFFF));
                break;
            case ExceptionKind.GuestTrap:
                state.EnterSynchronous((uint)exception.Argument);
                break;
            case ExceptionKind.IllegalInstruction:
                state.EnterSynchronous(Syndrome.Of(Syndrome.Unknown, 0));
                break;
            case ExceptionKind.PcAlignment:
                state[GuestState.FAR_EL1] = exception.Address;
                state.EnterSynchronous(Syndrome.Of(Syndrome.PcAlignment, 0));
                break;
            case ExceptionKind.MemoryFault:
                state[GuestState.FAR_EL1] = exception.Address;
                state.EnterSynchronous((uint)exception.Argument);
                break;
            case ExceptionKind.AlignmentFault:
                state[GuestState.FAR_EL1] = exception.Address;
                state.EnterSynchronous(Syndrome.Abort((GuestAccess)exception.Argument, isFromUser, FaultStatus.Alignment));
                break;
            default:
                throw new InvalidOperationException($"AArch64 has no exception {exception.Kind}.");
        }
    }

    /// <inheritdoc/>
    public void TakeInterrupt(SystemVcpu vcpu)
    {
        var state = new CpuState(vcpu.Env);
        var lines = vcpu.InterruptLines;
        if ((lines & 1 << FiqLine) != 0 && (state.Pstate & CpuState.FiqMask) == 0)
        {
            state.EnterFiq();
        }
        else if ((lines & 1 << IrqLine) != 0 && (state.Pstate & CpuState.IrqMask) == 0)
        {
            state.EnterIrq();
        }
    }

    /// <summary>The event stream of the virtual counter (D12.2.5): CNTKCTL_EL1.EVNTI names a bit of it, EVNTDIR the change that is an event.</summary>
    public long? NextTimedEvent(SystemVcpu vcpu)
    {
        const ulong Enabled = 4, OnFall = 8;
        var control = new CpuState(vcpu.Env)[GuestState.CNTKCTL_EL1];
        if ((control & Enabled) == 0 || Helpers.ReadCounter(vcpu) is not var (count, frequency))
        {
            return null;
        }

        var half = 1UL << (int)(control >> 4 & 15);
        var rest = (half * 2) - ((count + ((control & OnFall) != 0 ? 0 : half)) & ((half * 2) - 1));
        return (long)(rest * 1_000_000_000 / Math.Max(frequency, 1));
    }

    /// <inheritdoc/>
    public void SkipInstruction(SystemVcpu vcpu) => new CpuState(vcpu.Env)[GuestState.PC] += 4;
}
