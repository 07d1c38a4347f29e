namespace Dragoman.Linux.Abi;

/// <summary>
/// The numbers and flag bits that differ between guests. What a guest numbers as the host does (x86-64, which is generic Linux in all of
/// these) it leaves out. Inside this room everything has the host's numbers; these maps stand where guest arguments come in and results
/// go out. Immutable; any thread.
/// </summary>
public sealed record LinuxNumbers
{
    /// <summary>errno.</summary>
    public NumberMap Errors { get; init; } = NumberMap.Same;

    /// <summary>Signals.</summary>
    public NumberMap Signals { get; init; } = NumberMap.Same;

    /// <summary>What a guest has in the place of SIGSTKFLT.</summary>
    public string StackFaultName { get; init; } = "SIGSTKFLT";

    /// <summary>SA_ flags.</summary>
    public FlagMap SignalFlags { get; init; } = FlagMap.Same;

    /// <summary>SIG_BLOCK; SIG_UNBLOCK and SIG_SETMASK follow it.</summary>
    public int FirstMaskOperation { get; init; }

    /// <summary>open(2) flags, also those of pipe2, eventfd2 and their like.</summary>
    public FlagMap OpenFlags { get; init; } = FlagMap.Same;

    /// <summary>SOCK_NONBLOCK and SOCK_CLOEXEC beside a socket's type, and accept4's flags.</summary>
    public FlagMap SocketFlags { get; init; } = FlagMap.Same;

    /// <summary>SOL_SOCKET.</summary>
    public int SocketLevel { get; init; } = 1;

    /// <summary>SO_ options.</summary>
    public NumberMap SocketOptions { get; init; } = NumberMap.Same;

    /// <summary>fcntl(2) commands.</summary>
    public NumberMap FileCommands { get; init; } = NumberMap.Same;

    /// <summary>F_RDLCK, F_WRLCK and F_UNLCK.</summary>
    public NumberMap LockTypes { get; init; } = NumberMap.Same;

    /// <summary>mmap(2) flags.</summary>
    public FlagMap MapFlags { get; init; } = FlagMap.Same;

    /// <summary>Whether mmap knows MAP_32BIT, which only x86-64 has; elsewhere the bit is nobody's.</summary>
    public bool MapsLow { get; init; }

    /// <summary>Bits that mmap and mprotect know: PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM and what the machine adds.</summary>
    public uint Protections { get; init; } = 0xF;

    /// <summary>madvise(2).</summary>
    public NumberMap Advice { get; init; } = NumberMap.Same;

    /// <summary>msync(2) flags.</summary>
    public FlagMap SyncFlags { get; init; } = FlagMap.Same;

    /// <summary>mlockall(2) flags.</summary>
    public FlagMap LockFlags { get; init; } = FlagMap.Same;

    /// <summary>RLIMIT_ numbers.</summary>
    public NumberMap Limits { get; init; } = NumberMap.Same;

    /// <summary>RLIM_INFINITY of getrlimit and setrlimit.</summary>
    public ulong NoLimit { get; init; } = ulong.MaxValue;

    /// <summary>ioctl(2) requests; null when they are the host's.</summary>
    public IoctlMap? Requests { get; init; }

    /// <summary>Terminal modes; null when they are the host's.</summary>
    public TerminalMap? Terminals { get; init; }

    /// <summary>Clock ticks a second that times(2) and AT_CLKTCK use (USER_HZ).</summary>
    public int ClockTicks { get; init; } = 100;

    /// <summary>The smallest alternate signal stack (MINSIGSTKSZ).</summary>
    public int SmallestSignalStack { get; init; } = 2048;
}
