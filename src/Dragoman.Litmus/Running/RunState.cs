using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Litmus.Running;

/// <summary>What the threads of a run share. Between barriers each writes only its own columns of <see cref="Values"/>; thread 0 does the rest while the others wait.</summary>
internal sealed class RunState : IGuestKernel
{
    // Most spins by which a thread begins late, changing from batch to batch.
    private static readonly int[] s_delays = [0, 15, 63, 3, 255, 31, 1023, 7];

    // Of thread 0 while the others wait at the barrier; of the thread that runs the test before it starts them and when it has joined them.
    private readonly Random _random;
    private readonly Dictionary<Outcome, long> _histogram = [];
    private long _left;
    private long _batch;

    // The first failure, by Interlocked.CompareExchange from any thread.
    private ExceptionDispatchInfo? _failure;

    public RunState(LitmusProgram program, RunSettings settings)
    {
        Program = program;
        Settings = settings;
        _random = new Random(settings.Seed);
        _left = settings.Runs;
        Values = new UInt128[LitmusRunner.BatchSize * program.Test.Observed.Count];
        Together = new SpinBarrier(program.Threads.Count);
    }

    public LitmusProgram Program { get; }

    public RunSettings Settings { get; }

    /// <summary>The variables. Set before the threads start.</summary>
    public Arena Arena { get; set; } = null!;

    /// <summary>Final values of a batch: a row an iteration, a column an observable. Between barriers a column is its thread's; the barrier publishes it.</summary>
    public UInt128[] Values { get; }

    /// <summary>Where all threads meet before each iteration.</summary>
    public SpinBarrier Together { get; }

    /// <summary>By how much the numbers of guest threads differ from those of host threads. Written while all wait.</summary>
    public int Shift { get; private set; }

    /// <summary>Ones below the most spins of a delay. Written while all wait.</summary>
    public int DelayMask { get; private set; }

    /// <summary>Iterations of this batch; 0 when the run is over. Written while all wait.</summary>
    public int Iterations { get; private set; }

    public IReadOnlyDictionary<Outcome, long> Histogram => _histogram;

    public ExceptionDispatchInfo? Failure => Volatile.Read(ref _failure);

    /// <summary>Prepares the first batch.</summary>
    public void Begin() => NextBatch();

    /// <summary>Counts the outcomes of a batch and prepares the next. Thread 0, while the others wait.</summary>
    public void EndBatch()
    {
        Arena.Read();
        IReadOnlyList<Observable> observed = Program.Test.Observed;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            UInt128[] values = new UInt128[observed.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = observed[i].IsLocation
                    ? Arena.ValueOf(Program.IndexOf(observed[i].Name), iteration, observed[i].Offset, observed[i].Bytes)
                    : Arena.Canonical(Values[(iteration * values.Length) + i], iteration);
            }

            CollectionsMarshal.GetValueRefOrAddDefault(_histogram, new Outcome(values), out _)++;
        }

        NextBatch();
    }

    /// <summary>Ends the run for everybody. Any thread.</summary>
    public void Fail(Exception error)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        Together.Break();
    }

    public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
    {
        RunThreadState thread = (RunThreadState)vcpu.KernelState!;
        switch (exception.Kind)
        {
            case ExceptionKind.Syscall:
                return thread.Next() ? KernelResult.Continue : KernelResult.ExitThread;
            case ExceptionKind.Yield or ExceptionKind.InstructionCacheInvalidate:
                return KernelResult.Continue;
            default:
                Fail(new LitmusException($"{Program.Test.Path}: thread {thread.Role} raises {exception.Kind} at 0x{vcpu.Pc:x}"));
                return KernelResult.ExitThread;
        }
    }

    public KernelResult HandleRequest(Vcpu vcpu) => KernelResult.Continue;

    private void NextBatch()
    {
        Iterations = (int)Math.Min(_left, LitmusRunner.BatchSize);
        _left -= Iterations;
        Shift = _random.Next(Program.Threads.Count);
        DelayMask = s_delays[_batch++ % s_delays.Length];
        if (Iterations > 0)
        {
            Arena.Fill(_random);
        }
    }
}
