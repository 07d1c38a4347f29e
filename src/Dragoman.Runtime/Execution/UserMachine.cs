using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution;

/// <summary>A user-mode guest process: its memory, its vCPUs and the code translated for them.</summary>
/// <remarks>
/// The user starts a host thread per vCPU and calls <see cref="Run"/> on it. Any thread may create vCPUs at any time.
/// </remarks>
public sealed partial class UserMachine : IDisposable
{
    private readonly Lock _vcpuLock = new();
    private Vcpu[] _vcpus = [];
    private int _nextIndex;

    /// <summary>Creates a machine with an empty address space.</summary>
    /// <param name="guest">The guest architecture.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cold">Backend of every TB at first.</param>
    /// <param name="hot">Backend that TBs which run often are compiled with in the background, or null to pin <paramref name="cold"/>.</param>
    /// <param name="kernel">The guest's operating system.</param>
    public UserMachine(IGuest guest, RuntimeOptions options, ITcgBackend cold, ITcgBackend? hot, IGuestKernel kernel)
    {
        Guest = guest;
        Options = options;
        ColdBackend = cold;
        HotBackend = hot;
        Kernel = kernel;
        Memory = new GuestMemory(guest.AddressBits, guest.PageSize, options.RegionLog2);
        CodePages = new CodePages();
        Memory.Code = CodePages;
    }

    /// <summary>The guest architecture.</summary>
    public IGuest Guest { get; }

    /// <summary>Settings.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>Backend of every TB at first.</summary>
    public ITcgBackend ColdBackend { get; }

    /// <summary>Backend of TBs that run often, or null.</summary>
    public ITcgBackend? HotBackend { get; }

    /// <summary>The guest's operating system.</summary>
    public IGuestKernel Kernel { get; }

    /// <summary>The address space.</summary>
    public GuestMemory Memory { get; }

    /// <summary>Pages that hold translated code.</summary>
    public CodePages CodePages { get; }

    /// <summary>The vCPUs that exist now.</summary>
    public IReadOnlyList<Vcpu> Vcpus => Volatile.Read(ref _vcpus);

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
    /// Runs a vCPU on the calling thread, which must not run another, until the kernel says stop. Then frees nothing:
    /// call <see cref="RemoveVcpu"/> when the thread is gone for good.
    /// </summary>
    /// <returns><see cref="KernelResult.ExitThread"/> or <see cref="KernelResult.ExitProcess"/>.</returns>
    public KernelResult Run(Vcpu vcpu) => throw new NotImplementedException();

    /// <summary>Takes a vCPU out of the machine and frees its block. It is not running and will not run again.</summary>
    public void RemoveVcpu(Vcpu vcpu)
    {
        lock (_vcpuLock)
        {
            Volatile.Write(ref _vcpus, Array.FindAll(_vcpus, other => other != vcpu));
        }
    }

    /// <summary>Asks every vCPU to return <see cref="KernelResult.ExitProcess"/> from <see cref="Run"/> at its next instruction boundary. Any thread; does not wait.</summary>
    public void RequestStop() => throw new NotImplementedException();

    /// <summary>Frees the address space and the code. No vCPU may be running.</summary>
    public void Dispose() => Memory.Dispose();
}
