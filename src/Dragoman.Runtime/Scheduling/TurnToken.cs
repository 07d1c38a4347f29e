using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// <c>--thread single</c>: one vCPU in execution at a time, in the order in which they asked. Whoever is next in line kicks the holder
/// once its turn has lasted 100 ms; so no timer is needed, and none runs while nobody waits.
/// </summary>
/// <remarks>A holder that leaves execution for a moment, to take an exception, keeps its turn: it ends it when it is kicked, and before it waits for anything.</remarks>
internal sealed class TurnToken
{
    private const int TurnMilliseconds = 100;

    private readonly object _gate = new();

    // Guarded by the gate, all three.
    private readonly Queue<ScheduledVcpu> _waiting = [];
    private ScheduledVcpu? _holder;
    private long _since;

    /// <summary>Waits for this vCPU's turn, unless it has it still.</summary>
    public void Acquire(ScheduledVcpu vcpu)
    {
        lock (_gate)
        {
            if (_holder == vcpu)
            {
                return;
            }

            _waiting.Enqueue(vcpu);
            while (_holder is not null || _waiting.Peek() != vcpu)
            {
                if (_waiting.Peek() != vcpu)
                {
                    Monitor.Wait(_gate);
                }
                else if (_since + TurnMilliseconds - Environment.TickCount64 is > 0 and var left)
                {
                    Monitor.Wait(_gate, (int)left);
                }
                else
                {
                    _holder!.Kick();
                    Monitor.Wait(_gate, TurnMilliseconds);
                }
            }

            _waiting.Dequeue();
            _holder = vcpu;
            // The next in line starts to count.
            Monitor.PulseAll(_gate);
            _since = Environment.TickCount64;
        }
    }

    /// <summary>Ends this vCPU's turn, if it has it.</summary>
    public void Release(ScheduledVcpu vcpu)
    {
        lock (_gate)
        {
            if (_holder == vcpu)
            {
                _holder = null;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
