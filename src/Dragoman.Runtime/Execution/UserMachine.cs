using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Faults;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution;

/// <summary>A user-mode guest process: its memory, its vCPUs and the code translated for them.</summary>
/// <remarks>
/// The user starts a host thread per vCPU and calls <see cref="Run"/> on it. Any thread may create vCPUs at any time.
/// </remarks>
public sealed unsafe partial class UserMachine : TranslatingMachine, IDisposable
{
    private readonly Lock _vcpuLock = new();

    // Replaced whole under the lock and published by Volatile.Write; read without the lock.
    private Vcpu[] _vcpus = [];

    // Guarded by the lock.
    private int _nextIndex;

    // Set once, by any thread, before it kicks every vCPU; each reads it behind the full fence that clears its poll word.
    private volatile bool _stopping;

    /// <summary>Creates a machine with an empty address space, and installs the host's fault handler when this process has none yet.</summary>
    /// <param name="guest">The guest architecture.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cold">Backend of every TB at first.</param>
    /// <param name="hot">Backend that TBs which run often are compiled with in the background, or null to pin <paramref name="cold"/>.</param>
    /// <param name="kernel">The guest's operating system.</param>
    public UserMachine(IGuest guest, RuntimeOptions options, ITcgBackend cold, ITcgBackend? hot, IGuestKernel kernel)
        : base(guest, options, cold, hot)
    {
        HostFaultHandler.Install();
        Kernel = kernel;
        Blocks = new VcpuBlocks(guest.StateSize);
        Memory = new GuestMemory(guest.AddressBits, guest.PageSize, options.RegionLog2);
        if (options.Log is { } log && log.Has(LogCategories.Page))
        {
            Memory.Trace = log.WriteLine;
        }

        Code = new ProcessCode(Memory, guest, () => CodePages!);
        Cache = new TranslationCache(Memory.SyncRoot, () => Vcpus, Code.ForgetAll);
        CodePages = new CodePages(Memory, Cache);
        Memory.Code = CodePages;
        ArmedPages = new ArmedPages(Memory, guest.ExclusiveGranule);
        Memory.Armed = ArmedPages;
        ExclusivePairs = new ProcessExclusives(this);
        Scheduler = new VcpuScheduler(options.Threads, () => Vcpus);
    }

    /// <summary>The guest's operating system.</summary>
    public IGuestKernel Kernel { get; }

    /// <summary>The address space.</summary>
    public GuestMemory Memory { get; }

    /// <summary>Pages that hold translated code.</summary>
    public CodePages CodePages { get; }

    /// <inheritdoc/>
    public override TranslationCache Cache { get; }

    /// <inheritdoc/>
    public override VcpuScheduler Scheduler { get; }

    /// <summary>The vCPUs that exist now.</summary>
    public IReadOnlyList<Vcpu> Vcpus => Volatile.Read(ref _vcpus);

    /// <summary>True once <see cref="RequestStop"/> was called.</summary>
    public bool IsStopping => _stopping;

    internal VcpuBlocks Blocks { get; }

    /// <summary>Pages guarded for load-exclusives.</summary>
    internal ArmedPages ArmedPages { get; }

    /// <summary>Pairs of load-exclusive and store-exclusive.</summary>
    internal ProcessExclusives ExclusivePairs { get; }

    /// <inheritdoc/>
    internal override CodeSource Code { get; }

    /// <inheritdoc/>
    internal override IReadOnlyList<ScheduledVcpu> AllVcpus => Vcpus;

    /// <inheritdoc/>
    internal override ThreadModel Threads => Options.Threads;

    /// <summary>Makes a vCPU at reset values. Any thread.</summary>
    public Vcpu CreateVcpu()
    {
        lock (_vcpuLock)
        {
            var vcpu = new Vcpu(this, _nextIndex++);
            Volatile.Write(ref _vcpus, [.. _vcpus, vcpu]);
            return vcpu;
        }
    }

    /// <summary>
    /// Runs a vCPU on the calling thread, which must not run another, until the kernel says stop. It can be run again after that;
    /// call <see cref="RemoveVcpu"/> when its guest thread is gone for good.
    /// </summary>
    /// <returns><see cref="KernelResult.ExitThread"/> or <see cref="KernelResult.ExitProcess"/>.</returns>
    /// <exception cref="InvalidOperationException">The vCPU or the thread is busy; or an error of this program was met while running.</exception>
    public KernelResult Run(Vcpu vcpu)
    {
        if (vcpu.Machine != this || VcpuThreadKey.Current != null || Interlocked.Exchange(ref vcpu.IsBound, 1) != 0)
        {
            throw new InvalidOperationException("The vCPU is another machine's, or it or this thread already runs.");
        }

        VcpuThreadKey.Current = vcpu.Env;
        try
        {
            // Requests made before this thread was there.
            vcpu.Kick();
            return new ExecutionLoop(this, vcpu).Run();
        }
        finally
        {
            VcpuThreadKey.Current = null;
            Volatile.Write(ref vcpu.IsBound, 0);
        }
    }

    /// <summary>Takes a vCPU out of the machine and frees its block. It is not running and will not run again. Queued work runs here first.</summary>
    public void RemoveVcpu(Vcpu vcpu)
    {
        if (Volatile.Read(ref vcpu.IsBound) != 0)
        {
            throw new InvalidOperationException("The vCPU is running.");
        }

        Scheduler.Close(vcpu);
        lock (_vcpuLock)
        {
            // By hand, as RequestStop and Dispose go over the array itself: each forked child would bind the array's generics anew.
            var index = 0;
            while (index < _vcpus.Length && _vcpus[index] != vcpu)
            {
                index++;
            }

            if (index == _vcpus.Length)
            {
                return;
            }

            var others = new Vcpu[_vcpus.Length - 1];
            Array.Copy(_vcpus, others, index);
            Array.Copy(_vcpus, index + 1, others, index, others.Length - index);
            Volatile.Write(ref _vcpus, others);
        }

        Statistics.Absorb(vcpu);

        // Whoever clears jump caches holds this lock, and has read the list under it.
        lock (Memory.SyncRoot)
        {
            vcpu.Release();
        }
    }

    /// <summary>Asks every vCPU to return <see cref="KernelResult.ExitProcess"/> from <see cref="Run"/> at its next instruction boundary. Any thread; does not wait.</summary>
    public void RequestStop()
    {
        _stopping = true;
        foreach (var vcpu in Volatile.Read(ref _vcpus))
        {
            vcpu.Kick();
        }
    }

    /// <summary>Frees the address space and the code. No vCPU may be running.</summary>
    public void Dispose()
    {
        CompileQueue?.Dispose();
        foreach (var vcpu in Volatile.Read(ref _vcpus))
        {
            RemoveVcpu(vcpu);
        }

        Blocks.FreeAll();
        Memory.Dispose();
    }
}
