using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Scheduling;

/// <summary>
/// <c>--thread single</c>: one vCPU in execution at a time, in the order in which they asked, for 100 ms while others wait.
/// </summary>
internal sealed class TurnToken : IDisposable
{
    private const int PeriodMilliseconds = 100;

    private readonly object _gate = new();
    private readonly Queue<Vcpu> _waiting = [];
    private readonly Timer _timer;
    private Vcpu? _holder;

    public TurnToken() => _timer = new Timer(_ => Rotate(), null, PeriodMilliseconds, PeriodMilliseconds);

    /// <summary>Waits for this vCPU's turn.</summary>
    public void Acquire(Vcpu vcpu)
    {
        lock (_gate)
        {
            _waiting.Enqueue(vcpu);
            while (_holder is not null || _waiting.Peek() != vcpu)
            {
                Monitor.Wait(_gate);
            }

            _waiting.Dequeue();
            _holder = vcpu;
        }
    }

    /// <summary>Ends the turn.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _holder = null;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Rotate()
    {
        lock (_gate)
        {
            if (_waiting.Count != 0)
            {
                _holder?.Kick();
            }
        }
    }
}
