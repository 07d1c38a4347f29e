using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution;

/// <summary>What a process and an emulated system have in common: a guest architecture, backends, and the code translated for the vCPUs.</summary>
public abstract class TranslatingMachine
{
    private protected TranslatingMachine(IGuest guest, RuntimeOptions options, ITcgBackend cold, ITcgBackend? hot)
    {
        Guest = guest;
        Options = options;
        ColdBackend = cold;
        HotBackend = hot;
        Statistics = new RuntimeStatistics(this);
        CompileQueue = hot is null ? null : new CompileQueue(this, hot);
    }

    /// <summary>The guest architecture.</summary>
    public IGuest Guest { get; }

    /// <summary>Settings.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>Backend of every TB at first.</summary>
    public ITcgBackend ColdBackend { get; }

    /// <summary>Backend of TBs that run often, or null.</summary>
    public ITcgBackend? HotBackend { get; }

    /// <summary>The translated code.</summary>
    public abstract TranslationCache Cache { get; }

    /// <summary>Counters.</summary>
    public RuntimeStatistics Statistics { get; }

    /// <summary>Background compilation, or null without a hot backend.</summary>
    internal CompileQueue? CompileQueue { get; }

    /// <summary>Code of the machine before this one, or null.</summary>
    internal virtual CarriedCode? Carried => null;

    /// <summary>Dispatches of a vCPU before which blocks are neither counted nor linked.</summary>
    internal virtual ulong QuietDispatches => 0;

    /// <summary>A TB was translated and published. Under the memory's lock.</summary>
    internal virtual void NoteTranslation(TranslationBlock tb)
    {
    }

    /// <summary>Code that must call exact floating-point code.</summary>
    internal ExactFloats ExactFloats { get; } = new();

    /// <summary>Exclusive sections and work queues.</summary>
    public abstract VcpuScheduler Scheduler { get; }

    /// <summary>The vCPUs that exist now.</summary>
    internal abstract IReadOnlyList<ScheduledVcpu> AllVcpus { get; }

    /// <summary>How vCPUs share host threads.</summary>
    internal abstract ThreadModel Threads { get; }

    /// <summary>Where code comes from.</summary>
    internal abstract CodeSource Code { get; }

    /// <summary>Throws, on a vCPU's thread, what a compile thread has failed with.</summary>
    internal void ThrowIfCompilerFailed() => CompileQueue?.Failure?.Throw();
}
