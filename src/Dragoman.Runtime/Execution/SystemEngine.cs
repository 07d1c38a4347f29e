using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution;

/// <summary>An emulated system that runs: a <see cref="SystemMachine"/>, a thread for each of its vCPUs, and the code translated for them.</summary>
/// <remarks>vCPUs and devices are made before <see cref="Start"/>.</remarks>
public sealed class SystemEngine : TranslatingMachine, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Thread> _threads = [];
    private readonly SystemCode _code;

    // Guarded by the lock, both.
    private InvalidOperationException? _failure;
    private int? _status;

    // Threads that have not come to their end. Counted down by Interlocked, before whoever does wakes the others.
    private int _active;

    // Set once, by any thread, before it wakes every vCPU.
    private volatile bool _stopping;

    /// <summary>Makes a machine without memory, devices and vCPUs.</summary>
    /// <param name="guest">The guest architecture.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cold">Backend of every TB at first.</param>
    /// <param name="hot">Backend that TBs which run often are compiled with in the background, or null to pin <paramref name="cold"/>.</param>
    /// <param name="board">What instructions ask of the board, or null.</param>
    public SystemEngine(ISystemGuest guest, RuntimeOptions options, ITcgBackend cold, ITcgBackend? hot, IBoard? board = null)
        : base(guest.Guest, options, cold, hot)
    {
        SystemGuest = guest;
        Machine = new SystemMachine(guest.Guest.StateSize, guest.PageBits, guest.Mmu, options.Threads) { Guest = guest, Board = board };
        _code = new SystemCode(Machine.Memory, guest);
        Cache = new TranslationCache(_code.SyncRoot, () => Machine.Vcpus, _code.ForgetAll);
        _code.Pages.Invalidate = Cache.Invalidate;
        Machine.Memory.Code = _code.Pages;
        Machine.Exclusives = new SystemExclusives(Machine, guest, Cache);
    }

    /// <summary>The guest at its privileged levels.</summary>
    public ISystemGuest SystemGuest { get; }

    /// <summary>Memory, vCPUs, the big lock.</summary>
    public SystemMachine Machine { get; }

    /// <inheritdoc/>
    public override TranslationCache Cache { get; }

    /// <inheritdoc/>
    public override VcpuScheduler Scheduler => Machine.Scheduler;

    /// <summary>True once the machine is to stop.</summary>
    public bool IsStopping => _stopping;

    /// <inheritdoc/>
    internal override IReadOnlyList<ScheduledVcpu> AllVcpus => Machine.Vcpus;

    /// <inheritdoc/>
    internal override ThreadModel Threads => Options.Threads;

    /// <inheritdoc/>
    internal override CodeSource Code => _code;

    /// <summary>The pages with translated code.</summary>
    internal PhysicalCodePages CodePages => _code.Pages;

    /// <summary>Makes a vCPU that is switched off.</summary>
    /// <param name="id">Its number among those of the machine, as the guest has it (AArch64: the affinity fields of MPIDR_EL1).</param>
    public SystemVcpu CreateVcpu(ulong id)
    {
        var vcpu = Machine.CreateVcpu();
        SystemGuest.Reset(vcpu, id, 0, 0);
        vcpu.Id = id;
        return vcpu;
    }

    /// <summary>Switches a vCPU on: it is reset and starts at an entry with one argument. Any thread; does not wait. False if it is on already.</summary>
    /// <param name="vcpu">Which.</param>
    /// <param name="entry">Its first PC.</param>
    /// <param name="context">Its first argument.</param>
    /// <param name="prepare">What the board adds to the reset, on the vCPU's thread; or null.</param>
    public bool PowerOn(SystemVcpu vcpu, ulong entry, ulong context, Action? prepare = null)
    {
        if (!vcpu.BeginPowerOn())
        {
            return false;
        }

        Scheduler.AsyncRunOnCpu(vcpu, () =>
        {
            SystemGuest.Reset(vcpu, vcpu.Id, entry, context);
            prepare?.Invoke();
            Machine.TlbFlush(vcpu);
            vcpu.SetPower(isOn: true);
        });
        return true;
    }

    /// <summary>Switches a vCPU off. On its own thread, where its code ends at the instruction that is being done; or by whoever runs in an exclusive section.</summary>
    public void PowerOff(SystemVcpu vcpu)
    {
        vcpu.SetPower(isOn: false);

        // It may be about to enter execution.
        vcpu.Kick();
    }

    /// <summary>Makes the vCPUs' threads.</summary>
    public void Start()
    {
        foreach (var vcpu in Machine.Vcpus)
        {
            _threads.Add(new Thread(() => Run(vcpu)) { IsBackground = true, Name = $"CPU {vcpu.Index}/TCG" });
        }

        _active = _threads.Count;
        _threads.ForEach(thread => thread.Start());
    }

    /// <summary>Has every vCPU stop at its next instruction boundary. Any thread; does not wait. The first status stands.</summary>
    public void Stop(int status)
    {
        lock (_lock)
        {
            _status ??= status;
        }

        _stopping = true;
        WakeAll();
    }

    /// <summary>Waits until the machine has stopped.</summary>
    /// <returns>The status given to <see cref="Stop"/>.</returns>
    /// <exception cref="InvalidOperationException">A thread failed; the message has the vCPUs' state.</exception>
    public int WaitForExit()
    {
        _threads.ForEach(thread => thread.Join());
        lock (_lock)
        {
            return _failure is null ? _status ?? 0 : throw new InvalidOperationException($"{_failure.Message}\n{string.Join('\n', Machine.Vcpus.Select(Describe))}", _failure.InnerException);
        }
    }

    /// <summary>Frees memory and code. No vCPU runs.</summary>
    public void Dispose()
    {
        CompileQueue?.Dispose();
        Machine.Dispose();
    }

    private void Run(SystemVcpu vcpu)
    {
        Guard(vcpu, () => new SystemLoop(this, vcpu).Run());
        Interlocked.Decrement(ref _active);
        WakeAll();

        // Others may still wait for work that they send here: a flush, a call.
        while (Volatile.Read(ref _active) != 0)
        {
            Guard(vcpu, () => Scheduler.ProcessQueuedWork(vcpu));
            Scheduler.WaitWhileHalted(vcpu, () => Volatile.Read(ref _active) == 0);
        }

        Guard(vcpu, () => Scheduler.Close(vcpu));
    }

    /// <summary>Something that serves the machine on a thread of its own has failed: stops the machine, and <see cref="WaitForExit"/> throws. The first failure stands. Any thread.</summary>
    /// <param name="what">Who failed, at the beginning of a sentence.</param>
    /// <param name="error">With what.</param>
    public void Fail(string what, Exception error)
    {
        lock (_lock)
        {
            _failure ??= new InvalidOperationException($"{what} failed: {error.Message}", error);
        }

        Stop(1);
    }

    private static string Describe(SystemVcpu vcpu) => $"CPU {vcpu.Index}{(vcpu.IsPoweredOn ? "" : " (off)")}:\n{vcpu.DumpRegisters()}";

    /// <summary>Whatever goes wrong on a vCPU's thread stops the machine, and is thrown to whoever waits for its end.</summary>
    private void Guard(SystemVcpu vcpu, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            Fail($"CPU {vcpu.Index}", error);
        }
    }

    private void WakeAll()
    {
        foreach (var vcpu in Machine.Vcpus)
        {
            Scheduler.Wake(vcpu);
        }
    }
}
