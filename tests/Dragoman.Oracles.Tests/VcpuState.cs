using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;

namespace Dragoman.Oracles.Tests;

/// <summary>A vCPU's block, for tests.</summary>
internal static unsafe class VcpuState
{
    /// <summary>Puts the guest's registers at reset values, but for the vector and general ones, which a test fills.</summary>
    public static void Reset(this Vcpu vcpu)
    {
        new Span<byte>(vcpu.Env + VcpuHeader.GuestState, vcpu.Machine.Guest.StateSize - VcpuHeader.GuestState).Clear();
        ExclusiveMonitor.Clear((nint)vcpu.Env);
        vcpu.Machine.Guest.Reset(vcpu.Env);
    }

    /// <summary>A copy of the guest's registers.</summary>
    public static byte[] State(this Vcpu vcpu) => new Span<byte>(vcpu.Env + VcpuHeader.GuestState, vcpu.Machine.Guest.StateSize - VcpuHeader.GuestState).ToArray();

    /// <summary>The exclusive monitor's address.</summary>
    public static ulong Monitor(this Vcpu vcpu) => vcpu.Header->ExclusiveAddress;
}
