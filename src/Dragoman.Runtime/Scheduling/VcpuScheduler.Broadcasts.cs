namespace Dragoman.Runtime.Scheduling;

/// <summary>Work that a vCPU sends to all others, and waits for.</summary>
public sealed partial class VcpuScheduler
{
    // Whoever rests goes on after so many milliseconds, come what may.
    private const int LongestRest = 10;

    // Those whose source has not waited to the end. Guarded by the gate.
    private readonly List<Broadcast> _broadcasts = [];

    // How many there are. Written under the gate. A source raises it, passes a full fence and reads Running; a vCPU that leaves stores Running, passes a full fence and
    // reads this.
    private int _broadcastCount;

    /// <summary>
    /// Runs work on every other vCPU's thread before it next executes guest code, and waits until none executes without having done so: each has done its work, or is
    /// outside execution, and does it before it enters.
    /// </summary>
    /// <param name="self">The calling thread's vCPU, outside execution, so that two that wait for each other both go on.</param>
    /// <param name="workFor">The work for a vCPU.</param>
    public void RunOnOthers(ScheduledVcpu self, Func<ScheduledVcpu, Action> workFor)
    {
        SendToOthers(self, workFor);
        WaitForOthers(self);
    }

    /// <summary>Queues work for every other vCPU, and does not wait. On the thread of the vCPU that sends, in execution or not.</summary>
    internal void SendToOthers(ScheduledVcpu self, Func<ScheduledVcpu, Action> workFor)
    {
        if (self.Broadcast is null)
        {
            using (_gate.Enter())
            {
                self.Broadcast = new Broadcast(IsCrowded);
                _broadcasts.Add(self.Broadcast);
                Interlocked.Increment(ref _broadcastCount);
            }
        }

        foreach (var vcpu in _vcpus())
        {
            if (vcpu != self)
            {
                var item = new WorkQueue.Item(workFor(vcpu), isExclusive: false);
                using (_gate.Enter())
                {
                    self.Broadcast.Add(vcpu, item);
                    vcpu.Work.Enqueue(item);
                    _gate.PulseAll();
                }

                vcpu.Kick();
            }
        }
    }

    /// <summary>Waits until no other vCPU executes that has not done all that this one has sent. On its thread, outside execution.</summary>
    /// <remarks>
    /// A vCPU stores Running, passes a full fence and reads its poll word; here the poll word was set, a full fence is passed and Running read. So whoever is seen
    /// outside execution finds the poll word set when it enters.
    /// Who runs an instruction in an exclusive section of its own does not pass there: it serves its queue first, inside the section.
    /// </remarks>
    internal void WaitForOthers(ScheduledVcpu self)
    {
        LockOrder.CheckNoneHeld("while waiting for other vCPUs");
        if (self.Broadcast is not { } broadcast)
        {
            return;
        }

        self.Broadcast = null;
        bool hasToWait;
        using (_gate.Enter())
        {
            // In an exclusive section nobody executes.
            Interlocked.MemoryBarrier();
            hasToWait = self.ExclusiveDepth == 0 && broadcast.Await();
            if (!hasToWait)
            {
                Remove(broadcast);
            }
        }

        if (hasToWait)
        {
            broadcast.WaitForAnswers();
        }
        else
        {
            broadcast.End();
        }
    }

    /// <summary>
    /// Where there are more vCPUs than the host has cores, one that has answered a broadcast waits here until all have, so that those who still have to answer get a core:
    /// else the source would wait for the host's time slices. One that has a broadcast of its own to complete does not wait: two would wait for each other.
    /// On the vCPU's thread, outside execution, with its queue served; returns soon whatever happens.
    /// </summary>
    internal void LetOthersAnswer(ScheduledVcpu vcpu)
    {
        if (Volatile.Read(ref _broadcastCount) == 0 || vcpu.Broadcast is not null || !IsCrowded)
        {
            return;
        }

        Broadcast[] joined;
        using (_gate.Enter())
        {
            joined = [.. _broadcasts.Where(broadcast => broadcast.BeginRest(vcpu))];
        }

        foreach (var broadcast in joined)
        {
            broadcast.Rest(LongestRest);
        }
    }

    /// <summary>Whether there are more vCPUs than the host has cores.</summary>
    internal bool IsCrowded => _vcpus().Count > Environment.ProcessorCount;

    // The vCPU has left execution: behind the fence of ExecEnd. The gate is given back before anybody is woken, who may take this thread's core at once and want it.
    private void AnswerBroadcasts(ScheduledVcpu vcpu)
    {
        Broadcast[] ended;
        using (_gate.Enter())
        {
            ended = [.. _broadcasts.Where(broadcast => broadcast.TakeAnswer(vcpu))];
            Array.ForEach(ended, Remove);
        }

        Array.ForEach(ended, broadcast => broadcast.End());
    }

    // Under the gate.
    private void Remove(Broadcast broadcast)
    {
        _broadcasts.Remove(broadcast);
        Interlocked.Decrement(ref _broadcastCount);
    }
}
