using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.Execution;

/// <summary>Exclusive pairs of a process: a load-exclusive that arms write-protects its page on the host (<see cref="ArmedPages"/>).</summary>
internal sealed unsafe class ProcessExclusives(UserMachine machine) : ExclusivePairs(machine.Guest, machine.Cache)
{
    /// <summary>Sets the hooks of a new vCPU.</summary>
    public void Attach(Vcpu vcpu)
    {
        vcpu.Header->ExclusiveCheck = (nint)(delegate*<nint, nint, ulong>)&Check;
        if (Arms)
        {
            vcpu.Header->ExclusiveArm = (nint)(delegate*<nint, ulong, nint, void>)&Arm;
        }
    }

    /// <inheritdoc/>
    protected override nint PlaceOf(ScheduledVcpu vcpu, ulong pc) => (nint)machine.Memory.ToHost(pc);

    /// <inheritdoc/>
    protected override int Read(ScheduledVcpu vcpu, ulong pc, byte* into, int length) => HostMemory.ReadSafely(machine.Memory.ToHost(pc), into, length);

    private static void Arm(nint env, ulong address, nint host)
    {
        var vcpu = Vcpu.FromEnv((byte*)env);
        if (vcpu.Machine.ExclusivePairs.IsArming(vcpu.Header))
        {
            vcpu.Header->ExclusiveGeneration = vcpu.Machine.ArmedPages.Arm(address);
        }
    }

    private static ulong Check(nint env, nint host)
    {
        var vcpu = Vcpu.FromEnv((byte*)env);
        return vcpu.Machine.ExclusivePairs.MayStore(vcpu) ? 1UL : 0;
    }

    private bool MayStore(Vcpu vcpu)
    {
        var header = vcpu.Header;
        if (header->ExclusiveGeneration != 0)
        {
            return machine.ArmedPages.IsCurrent(header->ExclusiveAddress, header->ExclusiveGeneration);
        }

        if (IsSimple(vcpu))
        {
            return true;
        }

        foreach (var other in machine.Vcpus)
        {
            Volatile.Write(ref other.Header->ExclusiveArm, (nint)(delegate*<nint, ulong, nint, void>)&Arm);
        }

        return false;
    }
}
