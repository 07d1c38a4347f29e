using System.Runtime.ExceptionServices;
using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// Entry to and exit from execution, exclusive sections and work queues of a machine's vCPUs. Behaviour: QEMU's cpu-common.c.
/// </summary>
/// <remarks>Work from one thread to one vCPU runs in order; there is no order between vCPUs. No lock is held while work runs.</remarks>
public sealed class VcpuScheduler
{
    private readonly object _gate = new();
    private readonly TurnToken? _turn;

    internal VcpuScheduler(ThreadModel model, Func<IReadOnlyList<Vcpu>> vcpus)
    {
        Exclusive = new ExclusiveSections(vcpus);
        _turn = model == ThreadModel.Single ? new TurnToken() : null;
    }

    /// <summary>Exclusive sections.</summary>
    public ExclusiveSections Exclusive { get; }

    /// <summary>Runs work on the vCPU's thread before it next executes guest code, while others run. Does not wait. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void AsyncRunOnCpu(Vcpu vcpu, Action work) => Enqueue(vcpu, new WorkQueue.Item(work, isExclusive: false));

    /// <summary>Runs work on the vCPU's thread while no vCPU executes guest code. Does not wait. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void AsyncSafeRunOnCpu(Vcpu vcpu, Action work) => Enqueue(vcpu, new WorkQueue.Item(work, isExclusive: true));

    /// <summary>
    /// Runs work on the vCPU's thread and waits for it; inline on that thread itself. A caller that runs a vCPU is outside execution, and
    /// serves its own queue meanwhile, so that two vCPUs may call each other. What the work throws is thrown here.
    /// </summary>
    /// <param name="vcpu">Whose thread.</param>
    /// <param name="work">What to run.</param>
    /// <param name="self">The calling thread's vCPU, or null.</param>
    /// <exception cref="ObjectDisposedException">The vCPU has ended.</exception>
    public void RunOnCpu(Vcpu vcpu, Action work, Vcpu? self)
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
            lock (_gate)
            {
                while (!item.IsDone && (self is null || self.Work.IsEmpty))
                {
                    Monitor.Wait(_gate);
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

    /// <summary>Runs what is queued. On the vCPU's thread, outside execution.</summary>
    internal void ProcessQueuedWork(Vcpu vcpu)
    {
        while (true)
        {
            WorkQueue.Item? item;
            lock (_gate)
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
    internal void Close(Vcpu vcpu)
    {
        while (true)
        {
            lock (_gate)
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

    /// <summary>Enters execution.</summary>
    internal void ExecStart(Vcpu vcpu)
    {
        _turn?.Acquire(vcpu);
        Exclusive.ExecStart(vcpu);
    }

    /// <summary>Leaves execution.</summary>
    internal void ExecEnd(Vcpu vcpu)
    {
        Exclusive.ExecEnd(vcpu);
        _turn?.Release();
    }

    private void Enqueue(Vcpu vcpu, WorkQueue.Item item)
    {
        lock (_gate)
        {
            vcpu.Work.Enqueue(item);
            Monitor.PulseAll(_gate);
        }

        vcpu.Kick();
    }

    private void Process(Vcpu vcpu, WorkQueue.Item item)
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

            lock (_gate)
            {
                item.Error = error;
                item.IsDone = true;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
