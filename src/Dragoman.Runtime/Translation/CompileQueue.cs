using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Background threads that compile warm TBs with the hot backend, the most run first, while the guest goes on with the cold code. Without threads of its
/// own (<see cref="RuntimeOptions.CompileThreads"/> is 0, or <see cref="ContinueAlone"/>) it compiles on the vCPU's thread.
/// </summary>
internal sealed class CompileQueue : IDisposable
{
    private readonly TranslatingMachine _machine;
    private readonly ITcgBackend _backend;
    private readonly object _gate = new();

    /// <summary>
    /// Times that a TB runs before a vCPU's own thread compiles it: the guest stands still for the milliseconds that RyuJIT takes, in which the cold code of a region
    /// would run thousands of times. In the background that time costs it nothing.
    /// </summary>
    private const int AloneThreshold = 2048;

    // Guarded by the gate, all five. Dispose reads the threads without it, when no more can be started.
    private readonly List<TranslationBlock> _waiting = [];
    private readonly List<Thread> _threads = [];
    private int _busy;
    private bool _stopped;
    private bool _paused;

    // Set at creation or in a fresh fork's only thread; read by vCPU threads.
    private bool _isAlone;

    // Made by the first vCPU thread that needs it, under the gate.
    private TbBuilder? _ownBuilder;

    // Written under the gate, once; read without it: who misses it asks once more.
    private volatile bool _started;

    public CompileQueue(TranslatingMachine machine, ITcgBackend backend)
    {
        _machine = machine;
        _backend = backend;
        _isAlone = machine.Options.CompileThreads == 0;
    }

    /// <summary>
    /// What a compile thread failed with, or null. The dispatcher throws it. Written once, under the gate; read without it behind the full fence that clears
    /// the poll word, which is set after the write.
    /// </summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Whether anything was ever queued.</summary>
    public bool IsStarted => _started;

    /// <summary>Queues a TB whose tier is cold. When there is no room it stays cold and counts anew.</summary>
    public void Enqueue(TranslationBlock tb)
    {
        if (_isAlone)
        {
            CompileHere(tb);
            return;
        }

        if (Interlocked.CompareExchange(ref tb.Tier, 1, 0) != 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_waiting.Count >= _machine.Options.CompileQueueLength || _stopped)
            {
                tb.ExecutionCount = 0;
                Volatile.Write(ref tb.Tier, 0);
                return;
            }

            _waiting.Add(tb);
            _started = true;
            if (_threads.Count < _machine.Options.CompileThreads && _threads.Count <= _busy)
            {
                StartThread();
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until nothing is queued or being compiled. For tests.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            while ((_waiting.Count != 0 || _busy != 0) && Failure is null)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Waits until no thread compiles and keeps them from beginning again until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _paused = true;

            // A thread that has failed compiles no more, though it counts as busy.
            while (_busy != 0 && Failure is null)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _paused = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>In a child that a paused process has forked: the threads are not there. What waited warms up anew.</summary>
    public void ContinueAlone()
    {
        _threads.Clear();
        foreach (var tb in _waiting)
        {
            tb.ExecutionCount = 0;
            tb.Tier = 0;
        }

        _waiting.Clear();
        _paused = false;
        _isAlone = true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            _waiting.Clear();
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"compile {_threads.Count}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work()
    {
        try
        {
            var builder = new TbBuilder(_machine);
            while (Take() is { } tb)
            {
                if (tb.RunsBefore != 0 && tb.ExecutionCount < _machine.Options.HotThreshold)
                {
                    // A region has taken it in while it waited: whether it is entered from elsewhere too, it must show anew.
                    Volatile.Write(ref tb.Tier, 0);
                }
                else if (!tb.Invalid)
                {
                    Compile(builder, tb);
                }

                lock (_gate)
                {
                    _busy--;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception)
        {
            // Handed to the vCPU threads, which throw it: an error of the backend must not pass for a slow guest.
            lock (_gate)
            {
                Failure = ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(_gate);
            }

            foreach (var vcpu in _machine.AllVcpus)
            {
                vcpu.Kick();
            }
        }
    }

    private void CompileHere(TranslationBlock tb)
    {
        if (tb.ExecutionCount < AloneThreshold)
        {
            return;
        }

        lock (_gate)
        {
            _started = true;
            if (!_stopped && !tb.Invalid && Interlocked.CompareExchange(ref tb.Tier, 1, 0) == 0)
            {
                Compile(_ownBuilder ??= new TbBuilder(_machine), tb);
            }
        }
    }

    private void Compile(TbBuilder builder, TranslationBlock tb)
    {
        var start = Stopwatch.GetTimestamp();
        if (builder.CompileHot(tb, _backend) is { } code)
        {
            Volatile.Write(ref tb.Tier, 2);
            _machine.Statistics.AddCompilation(code, Stopwatch.GetTimestamp() - start);
        }
        else
        {
            // A TB of its region went away: it may warm up again with those that came instead.
            tb.ExecutionCount = 0;
            Volatile.Write(ref tb.Tier, 0);
        }
    }

    private TranslationBlock? Take()
    {
        lock (_gate)
        {
            while ((_waiting.Count == 0 || _paused) && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            if (_stopped)
            {
                return null;
            }

            var best = 0;
            for (var i = 1; i < _waiting.Count; i++)
            {
                if (_waiting[i].ExecutionCount > _waiting[best].ExecutionCount)
                {
                    best = i;
                }
            }

            var tb = _waiting[best];
            _waiting[best] = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            _busy++;
            return tb;
        }
    }
}
