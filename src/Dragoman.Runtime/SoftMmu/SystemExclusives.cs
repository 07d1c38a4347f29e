using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>Exclusive pairs of an emulated system: a load-exclusive that arms has stores to its physical page tracked (<see cref="ReservedPages"/>).</summary>
internal sealed unsafe class SystemExclusives(SystemMachine machine, ISystemGuest guest, TranslationCache cache) : ExclusivePairs(guest.Guest, cache)
{
    // Not 0, and the same always: whether the reservation holds is ReservedPages' to say.
    private const ulong Armed = 1;

    /// <summary>Sets the hooks of a new vCPU.</summary>
    public void Attach(SystemVcpu vcpu)
    {
        vcpu.Header->ExclusiveCheck = (nint)(delegate*<nint, nint, ulong>)&Check;
        if (Arms)
        {
            vcpu.Header->ExclusiveArm = (nint)(delegate*<nint, ulong, nint, void>)&Arm;
        }
    }

    /// <inheritdoc/>
    protected override nint PlaceOf(ScheduledVcpu vcpu, ulong pc)
    {
        var one = (SystemVcpu)vcpu;
        if (one.Tlb.TryProbe(pc, GuestAccess.Execute, guest.FetchMode(guest.Guest.GetTbFlags(vcpu.Env)), out var hit) && hit.Section?.Ram is not null)
        {
            return (nint)pc + (nint)hit.Addend;
        }

        // Nobody raises what this look would have.
        vcpu.Header->Exception = ExceptionKind.None;
        return 0;
    }

    /// <inheritdoc/>
    protected override int Read(ScheduledVcpu vcpu, ulong pc, byte* into, int length)
    {
        var page = 1UL << vcpu.Header->TlbPageBits;
        var done = 0;
        while (done < length)
        {
            var at = pc + (ulong)done;
            var count = (int)Math.Min((ulong)(length - done), page - (at & (page - 1)));
            var host = PlaceOf(vcpu, at);
            if (host == 0)
            {
                break;
            }

            Buffer.MemoryCopy((void*)host, into + done, count, count);
            done += count;
        }

        return done;
    }

    private static void Arm(nint env, ulong address, nint host)
    {
        var vcpu = SystemVcpu.FromEnv((byte*)env);
        if (vcpu.Machine.Exclusives!.IsArming(vcpu.Header))
        {
            vcpu.Header->ExclusiveGeneration = Armed;
            vcpu.Machine.Reserved.Reserve(vcpu, host);
        }
    }

    private static ulong Check(nint env, nint host)
    {
        var vcpu = SystemVcpu.FromEnv((byte*)env);
        return vcpu.Machine.Exclusives!.MayStore(vcpu, host) ? 1UL : 0;
    }

    private bool MayStore(SystemVcpu vcpu, nint host)
    {
        if (vcpu.Header->ExclusiveGeneration != 0)
        {
            return machine.Reserved.TryBeginStore(vcpu, host);
        }

        if (IsSimple(vcpu))
        {
            if (vcpu.ExclusiveDepth > 0)
            {
                machine.Reserved.BreakBefore(vcpu, host);
            }

            return true;
        }

        foreach (var other in machine.Vcpus)
        {
            Volatile.Write(ref other.Header->ExclusiveArm, (nint)(delegate*<nint, ulong, nint, void>)&Arm);
        }

        return false;
    }
}
