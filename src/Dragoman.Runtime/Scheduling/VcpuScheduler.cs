using System.Runtime.ExceptionServices;
using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// Entry to and exit from execution, exclusive sections and work queues of a machine's vCPUs. Behaviour: QEMU's cpu-common.c.
/// </summary>
/// <remarks>Work from one thread to one vCPU runs in order; there is no order between vCPUs. No lock is held while work runs.</remarks>
public sealed partial class VcpuScheduler
{
    private readonly OrderedLock _gate = new(LockRank.Work);
    private readonly TurnToken? _turn;
    private readonly Func<IReadOnlyList<ScheduledVcpu>> _vcpus;

    internal VcpuScheduler(ThreadModel model, Func<IReadOnlyList<ScheduledVcpu>> vcpus)
    {
        _vcpus = vcpus;
        Exclusive = new ExclusiveSections(vcpus);
        _turn = model == ThreadModel.Single ? new TurnToken() : null;
    }

    /// <summary>Exclusive sections.</summary>
    public ExclusiveSections Exclusive { get; }

    /// <summary>Runs work on the vCPU's thread before it next executes guest code, while others run. Does not wait. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void AsyncRunOnCpu(ScheduledVcpu vcpu, [WorkItem] Action work) => Enqueue(vcpu, new WorkQueue.Item(work, isExclusive: false));

    /// <summary>Runs work on the vCPU's thread while no vCPU executes guest code. Does not wait. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void AsyncSafeRunOnCpu(ScheduledVcpu vcpu, [WorkItem] Action work) => Enqueue(vcpu, new WorkQueue.Item(work, isExclusive: true));

    /// <summary>
    /// Runs work on the vCPU's thread and waits for it; inline on that thread itself. A caller that runs a vCPU is outside execution, and
    /// serves its own queue meanwhile, so that two vCPUs may call each other. What the work throws is thrown here.
    /// </summary>
    /// <param name="vcpu">Whose thread.</param>
    /// <param name="work">What to run.</param>
    /// <param name="self">The calling thread's vCPU, or null.</param>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void RunOnCpu(ScheduledVcpu vcpu, [WorkItem] Action work, ScheduledVcpu? self)
    {
        if (vcpu == self)
        {
            work();
            return;
        }

        var item = new WorkQueue.Item(work, isExclusive: false) { IsWaitedFor = true };
        Enqueue(vcpu, item);
        while (true)
        {
            using (_gate.Enter())
            {
                while (!item.IsDone && (self is null || self.Work.IsEmpty))
                {
                    _gate.Wait();
                }

                if (item.IsDone)
                {
                    break;
                }
            }

            ProcessQueuedWork(self!);
        }

        item.Error?.Throw();
    }

    /// <summary>
    /// A halted vCPU waits here, outside execution, until it has work or is awake. On its thread, with no lock held.
    /// </summary>
    /// <param name="vcpu">The calling thread's vCPU.</param>
    /// <param name="isAwake">Whether it has a reason to run (an interrupt, a request to stop). Called with the scheduler's gate held: it only reads.</param>
    public void WaitWhileHalted(ScheduledVcpu vcpu, Func<bool> isAwake)
    {
        LockOrder.CheckNoneHeld("by a halted vCPU");
        using (_gate.Enter())
        {
            while (vcpu.Work.IsEmpty && !isAwake())
            {
                _gate.Wait();
            }
        }
    }

    /// <summary>The same for at most so many milliseconds.</summary>
    /// <param name="vcpu">The calling thread's vCPU.</param>
    /// <param name="isAwake">Whether it has a reason to run.</param>
    /// <param name="milliseconds">How long.</param>
    public void WaitWhileHalted(ScheduledVcpu vcpu, Func<bool> isAwake, int milliseconds)
    {
        LockOrder.CheckNoneHeld("by a halted vCPU");
        var end = Environment.TickCount64 + milliseconds;
        using (_gate.Enter())
        {
            while (vcpu.Work.IsEmpty && !isAwake() && end - Environment.TickCount64 is > 0 and var left)
            {
                _gate.Wait((int)left);
            }
        }
    }

    /// <summary>
    /// Has a halted vCPU look again whether it is awake, and one in execution leave it. The reason was stored before: the vCPU looks under the gate, which this
    /// passes, so it sees the reason or is still to be woken. Any thread.
    /// </summary>
    public void Wake(ScheduledVcpu vcpu)
    {
        vcpu.Kick();
        using (_gate.Enter())
        {
            _gate.PulseAll();
        }
    }

    /// <summary>Runs what is queued. On the vCPU's thread, outside execution.</summary>
    internal void ProcessQueuedWork(ScheduledVcpu vcpu)
    {
        while (true)
        {
            WorkQueue.Item? item;
            using (_gate.Enter())
            {
                item = vcpu.Work.Dequeue();
            }

            if (item is null)
            {
                return;
            }

            Process(vcpu, item);
        }
    }

    /// <summary>The vCPU's thread has ended: what is queued runs now, and no more is taken.</summary>
    internal void Close(ScheduledVcpu vcpu)
    {
        while (true)
        {
            using (_gate.Enter())
            {
                if (vcpu.Work.IsEmpty)
                {
                    vcpu.Work.Close();
                    return;
                }
            }

            ProcessQueuedWork(vcpu);
        }
    }

    /// <summary>Enters execution, with <c>--thread single</c> when it is the vCPU's turn.</summary>
    internal void ExecStart(ScheduledVcpu vcpu)
    {
        _turn?.Acquire(vcpu);
        Exclusive.ExecStart(vcpu);
    }

    /// <summary>Leaves execution.</summary>
    /// <param name="vcpu">The calling thread's vCPU.</param>
    /// <param name="keepsTurn">Whether its turn goes on: it waits for nothing before it enters again, or calls <see cref="EndTurn"/> first.</param>
    internal void ExecEnd(ScheduledVcpu vcpu, bool keepsTurn = false)
    {
        Exclusive.ExecEnd(vcpu);
        if (!keepsTurn)
        {
            EndTurn(vcpu);
        }

        if (Volatile.Read(ref _broadcastCount) != 0)
        {
            AnswerBroadcasts(vcpu);
        }
    }

    /// <summary>Ends the vCPU's turn, if it has kept it. On its thread, outside execution.</summary>
    internal void EndTurn(ScheduledVcpu vcpu) => _turn?.Release(vcpu);

    private void Enqueue(ScheduledVcpu vcpu, WorkQueue.Item item)
    {
        using (_gate.Enter())
        {
            vcpu.Work.Enqueue(item);
            _gate.PulseAll();
        }

        vcpu.Kick();
    }

    private void Process(ScheduledVcpu vcpu, WorkQueue.Item item)
    {
        ExceptionDispatchInfo? error = null;
        if (item.IsExclusive)
        {
            Exclusive.StartExclusive(vcpu);
        }

        try
        {
            item.Work();
        }
        catch (Exception exception) when (item.IsWaitedFor)
        {
            error = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            if (item.IsExclusive)
            {
                Exclusive.EndExclusive(vcpu);
            }

            using (_gate.Enter())
            {
                item.Error = error;
                item.IsDone = true;
                _gate.PulseAll();
            }
        }
    }
}
