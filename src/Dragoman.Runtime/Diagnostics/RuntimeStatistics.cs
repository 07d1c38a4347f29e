using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Diagnostics;

/// <summary>Counters behind <c>--stats</c>, as QEMU's <c>info jit</c> shows them. Any thread may read; the figures of running vCPUs may lag.</summary>
public sealed class RuntimeStatistics
{
    private readonly TranslatingMachine _machine;

    // Any thread adds, by Interlocked. The last six are those of vCPUs that are gone; Absorb adds them while the vCPU no longer runs.
    private long _translations;
    private long _carried;
    private long _guestInstructions;
    private long _guestBytes;
    private long _coldBytes;
    private long _compilations;
    private long _hotBytes;
    private long _compileTicks;
    private long _dispatches;
    private long _jumpCacheHits;
    private long _tableHits;
    private long _chainHits;
    private long _faults;
    private long _oneShots;

    internal RuntimeStatistics(TranslatingMachine machine) => _machine = machine;

    /// <summary>TBs translated.</summary>
    public long Translations => Interlocked.Read(ref _translations);

    /// <summary>TBs that the machine before this one had translated.</summary>
    public long TakenOver => Interlocked.Read(ref _carried);

    /// <summary>TBs compiled with the hot backend.</summary>
    public long Compilations => Interlocked.Read(ref _compilations);

    /// <summary>TBs entered from the dispatcher (chained entries are not counted).</summary>
    public long Dispatches => Sum(ref _dispatches, vcpu => vcpu.Counters.Dispatches);

    /// <summary>Dispatcher entries found in the vCPU's jump cache.</summary>
    public long JumpCacheHits => Sum(ref _jumpCacheHits, vcpu => vcpu.Counters.JumpCacheHits);

    /// <summary>Dispatcher entries found in the global table.</summary>
    public long TableHits => Sum(ref _tableHits, vcpu => vcpu.Counters.TableHits);

    /// <summary>Dispatcher entries that followed a linked slot.</summary>
    public long ChainHits => Sum(ref _chainHits, vcpu => vcpu.Counters.ChainHits);

    /// <summary>Host faults in translated code.</summary>
    public long Faults => Sum(ref _faults, vcpu => vcpu.Counters.Faults);

    /// <summary>Instructions run alone (step-atomic, retried stores to code pages).</summary>
    public long OneShots => Sum(ref _oneShots, vcpu => vcpu.Counters.OneShots);

    /// <summary>The text that <c>--stats</c> prints.</summary>
    public string Format()
    {
        var cache = _machine.Cache;
        var count = Math.Max(1, Translations);
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-28}{value}\n");
        void Number(string name, long value) => Line(name, value.ToString("N0", CultureInfo.InvariantCulture));

        Number("TBs now", cache.Table.Count);
        Number("TBs translated", Translations);
        Number("TBs taken over", TakenOver);
        Line("TB avg guest instructions", ((double)Interlocked.Read(ref _guestInstructions) / count).ToString("F1", CultureInfo.InvariantCulture));
        Line("TB avg guest bytes", ((double)Interlocked.Read(ref _guestBytes) / count).ToString("F1", CultureInfo.InvariantCulture));
        Line($"cold tier ({_machine.ColdBackend.Name})", $"{Translations:N0} TBs, {Interlocked.Read(ref _coldBytes):N0} bytes");
        if (_machine.HotBackend is { } hot)
        {
            var milliseconds = Interlocked.Read(ref _compileTicks) * 1000.0 / Stopwatch.Frequency;
            Line($"hot tier ({hot.Name})", $"{Compilations:N0} TBs, {Interlocked.Read(ref _hotBytes):N0} bytes, {milliseconds:N0} ms");
        }

        Number("dispatches", Dispatches);
        Number("  through a linked slot", ChainHits);
        Number("  jump cache hits", JumpCacheHits);
        Number("  TB table hits", TableHits);
        Number("direct jumps linked", cache.Links);
        Number("TB flush count", cache.Flushes);
        Number("TB invalidate count", cache.Invalidations);
        Number("retired, waiting", cache.RetiredCount);
        Number("host faults", Faults);
        Number("instructions run alone", OneShots);
        return text.ToString();
    }

    /// <summary>Counts a new TB.</summary>
    /// <param name="tb">The TB.</param>
    /// <param name="isCarried">It was not translated here, but taken over from the machine before this one.</param>
    internal void AddTranslation(TranslationBlock tb, bool isCarried)
    {
        if (isCarried)
        {
            Interlocked.Increment(ref _carried);
            return;
        }

        Interlocked.Increment(ref _translations);
        Interlocked.Add(ref _guestInstructions, tb.InstructionCount);
        Interlocked.Add(ref _guestBytes, tb.Source.Length);
        Interlocked.Add(ref _coldBytes, tb.Code.Size);
    }

    internal void AddCompilation(TbCode code, long ticks)
    {
        Interlocked.Increment(ref _compilations);
        Interlocked.Add(ref _hotBytes, code.Size);
        Interlocked.Add(ref _compileTicks, ticks);
    }

    /// <summary>Keeps what a vCPU that leaves the machine has counted.</summary>
    internal void Absorb(ScheduledVcpu vcpu)
    {
        Interlocked.Add(ref _dispatches, vcpu.Counters.Dispatches);
        Interlocked.Add(ref _jumpCacheHits, vcpu.Counters.JumpCacheHits);
        Interlocked.Add(ref _tableHits, vcpu.Counters.TableHits);
        Interlocked.Add(ref _chainHits, vcpu.Counters.ChainHits);
        Interlocked.Add(ref _faults, vcpu.Counters.Faults);
        Interlocked.Add(ref _oneShots, vcpu.Counters.OneShots);
    }

    private long Sum(ref long past, Func<ScheduledVcpu, long> counter)
    {
        var sum = Interlocked.Read(ref past);
        foreach (var vcpu in _machine.AllVcpus)
        {
            sum += counter(vcpu);
        }

        return sum;
    }
}
