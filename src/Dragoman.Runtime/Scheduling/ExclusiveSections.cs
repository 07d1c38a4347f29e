using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// Lets one thread run while no vCPU is in execution. Behaviour: QEMU's start_exclusive, end_exclusive, exec_start and exec_end.
/// </summary>
/// <remarks>
/// A Dekker pattern: each side stores its own flag (a vCPU its Running, the starter <see cref="_pending"/>), passes a full fence, and
/// reads the other's. <see cref="Volatile"/> alone does not order a store before a later load, so the fences are
/// <see cref="Interlocked.MemoryBarrier"/>. Everything else happens under <see cref="_gate"/>.
/// </remarks>
public sealed class ExclusiveSections
{
    private readonly OrderedLock _gate = new(LockRank.Exclusive);
    private readonly Func<IReadOnlyList<ScheduledVcpu>> _vcpus;

    // 0: nobody wants exclusivity. Otherwise 1 + the vCPUs still waited for. Written under the gate; read without it behind the fence of the Dekker pattern.
    private int _pending;

    internal ExclusiveSections(Func<IReadOnlyList<ScheduledVcpu>> vcpus) => _vcpus = vcpus;

    /// <summary>
    /// Waits until no other vCPU is in execution, and keeps them out until <see cref="EndExclusive"/>. Nests for a vCPU's thread.
    /// The caller is outside execution and holds no lock that a vCPU could need to leave it.
    /// </summary>
    /// <param name="self">The calling thread's vCPU, or null when it runs none (then calls do not nest).</param>
    public void StartExclusive(ScheduledVcpu? self)
    {
        if (self is not null && self.ExclusiveDepth++ > 0)
        {
            return;
        }

        LockOrder.CheckNoneHeld("while waiting for exclusivity");
        using (_gate.Enter())
        {
            while (_pending != 0)
            {
                _gate.Wait();
            }

            Volatile.Write(ref _pending, 1);
            Interlocked.MemoryBarrier();
            var running = 0;
            foreach (var vcpu in _vcpus())
            {
                if (vcpu != self && vcpu.IsRunning)
                {
                    vcpu.HasWaiter = true;
                    running++;
                    vcpu.Kick();
                }
            }

            _pending = running + 1;
            while (_pending > 1)
            {
                _gate.Wait();
            }
        }
    }

    /// <summary>Lets the others go on.</summary>
    public void EndExclusive(ScheduledVcpu? self)
    {
        if (self is not null && --self.ExclusiveDepth > 0)
        {
            return;
        }

        using (_gate.Enter())
        {
            _pending = 0;
            _gate.PulseAll();
        }
    }

    /// <summary>A vCPU enters execution; waits while another thread is exclusive.</summary>
    internal void ExecStart(ScheduledVcpu vcpu)
    {
        LockOrder.CheckNoneHeld("in execution");
        vcpu.IsRunning = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _pending) == 0)
        {
            return;
        }

        using (_gate.Enter())
        {
            // Counted already: the starter saw Running and waits for ExecEnd, which the kick brings about. Otherwise we lost the race.
            if (!vcpu.HasWaiter)
            {
                vcpu.IsRunning = false;
                while (_pending != 0)
                {
                    _gate.Wait();
                }

                // Under the gate nobody can start between the test and this store. The fence is for those who read Running without the gate (RunOnOthers,
                // RetireList): what this vCPU reads next, its poll word and the epoch, it reads after they can see it run.
                vcpu.IsRunning = true;
                Interlocked.MemoryBarrier();
            }
        }
    }

    /// <summary>A vCPU leaves execution.</summary>
    internal void ExecEnd(ScheduledVcpu vcpu)
    {
        vcpu.IsRunning = false;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _pending) == 0)
        {
            return;
        }

        using (_gate.Enter())
        {
            if (vcpu.HasWaiter)
            {
                vcpu.HasWaiter = false;
                if (--_pending == 1)
                {
                    _gate.PulseAll();
                }
            }
        }
    }
}
