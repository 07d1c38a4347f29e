using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Scheduling;

/// <summary>A vCPU as the scheduler sees it, in user mode and in system emulation alike: a state block, and where its thread stands.</summary>
public abstract unsafe partial class ScheduledVcpu
{
    // As IsRunning: written by the owner, or under the exclusive gate.
    private int _running;

    private protected ScheduledVcpu(byte* env, int index)
    {
        Env = env;
        Index = index;
    }

    /// <summary>Number of the vCPU, from 0; never reused.</summary>
    public int Index { get; }

    /// <summary>The state block: <see cref="VcpuHeader"/>, then the guest's architectural state. 64-byte aligned.</summary>
    public byte* Env { get; }

    /// <summary>The block's head.</summary>
    public VcpuHeader* Header => (VcpuHeader*)Env;

    /// <summary>True while its thread may be in translated code. Written by that thread, or under the exclusive gate; the fences are ExecStart's and ExecEnd's.</summary>
    internal bool IsRunning
    {
        get => Volatile.Read(ref _running) != 0;
        set => Volatile.Write(ref _running, value ? 1 : 0);
    }

    /// <summary>A thread that starts an exclusive section has counted it. Guarded by the exclusive gate.</summary>
    internal bool HasWaiter { get; set; }

    /// <summary>Nested exclusive sections of its thread. Owner only.</summary>
    internal int ExclusiveDepth { get; set; }

    /// <summary>Work that others have queued. Guarded by the scheduler's gate.</summary>
    internal WorkQueue Work { get; } = new();

    /// <summary>What it has sent to all others and not waited for yet, or null. Owner only.</summary>
    internal Broadcast? Broadcast { get; set; }

    /// <summary>Makes the vCPU come to an instruction boundary soon and look at what is asked of it. Any thread.</summary>
    public void Kick() => Interlocked.Exchange(ref Header->PollWord, 1);
}
