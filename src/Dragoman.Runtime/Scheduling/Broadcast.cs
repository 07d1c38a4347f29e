namespace Dragoman.Runtime.Scheduling;

/// <summary>Work that one vCPU, the source, has sent to all others since it last waited for them, and its wait. Guarded by the scheduler's gate, but for the waits.</summary>
internal sealed class Broadcast(bool isCrowded)
{
    // The last that was sent to each: queues are first in, first out.
    private readonly Dictionary<ScheduledVcpu, WorkQueue.Item> _sent = [];
    private readonly HashSet<ScheduledVcpu> _awaited = [];
    private readonly HashSet<ScheduledVcpu> _rested = [];

    // Where cores suffice an answer comes sooner than a thread sleeps and wakes.
    private readonly ManualResetEventSlim _answered = new(initialState: false, isCrowded ? 0 : 35);
    private readonly ManualResetEventSlim _released = new(initialState: false, spinCount: 0);

    /// <summary>Work has been sent.</summary>
    public void Add(ScheduledVcpu vcpu, WorkQueue.Item item) => _sent[vcpu] = item;

    /// <summary>From now on the source waits for those that execute and have not done their work. False if there is none.</summary>
    public bool Await()
    {
        foreach (var (vcpu, item) in _sent)
        {
            if (!item.IsDone && vcpu.IsRunning)
            {
                _awaited.Add(vcpu);
            }
        }

        return _awaited.Count != 0;
    }

    /// <summary>A vCPU is outside execution, and does what was sent before it enters again. True if it was the last that is awaited.</summary>
    public bool TakeAnswer(ScheduledVcpu vcpu) => _awaited.Remove(vcpu) && _awaited.Count == 0;

    /// <summary>Nobody is awaited any more: the source goes on, and behind it whoever rests.</summary>
    public void End()
    {
        _answered.Set();
        _released.Set();
    }

    /// <summary>Whether a vCPU, which has answered, should rest: once.</summary>
    public bool BeginRest(ScheduledVcpu vcpu) => _sent.ContainsKey(vcpu) && _rested.Add(vcpu);

    /// <summary>Waits for the end, or for some milliseconds. Not under the gate.</summary>
    public void Rest(int longest) => _released.Wait(longest);

    /// <summary>The source waits for the end. Not under the gate.</summary>
    public void WaitForAnswers() => _answered.Wait();
}
