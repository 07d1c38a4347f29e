using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>
/// What the test process's own runtime does on signals, to be put back after a guest that lives inside it has changed it: without its SIGCHLD handler
/// .NET would never hear that a child has ended.
/// </summary>
internal sealed unsafe class HostDispositions
{
    private const int Last = 31;
    private const int KernelActionBytes = 32;
    private readonly byte[] _actions = new byte[(Last + 1) * KernelActionBytes];

    public HostDispositions()
    {
        fixed (byte* actions = _actions)
        {
            for (int signal = 1; signal <= Last; signal++)
            {
                HostCall.Invoke(Syscall.RtSigaction, signal, 0, (nint)(actions + (signal * KernelActionBytes)), 8);
            }
        }
    }

    /// <summary>Puts all of them back.</summary>
    public void Restore()
    {
        fixed (byte* actions = _actions)
        {
            for (int signal = 1; signal <= Last; signal++)
            {
                // SIGKILL and SIGSTOP cannot be set; the kernel says so and nothing changes.
                HostCall.Invoke(Syscall.RtSigaction, signal, (nint)(actions + (signal * KernelActionBytes)), 0, 8);
            }
        }
    }
}
