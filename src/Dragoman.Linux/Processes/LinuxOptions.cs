using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Backends;

namespace Dragoman.Linux.Processes;

/// <summary>What <see cref="LinuxProcess.Run"/> runs, and how. Its words are bytes, one character each (Latin-1).</summary>
public sealed record LinuxOptions
{
    /// <summary>Path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>The guest's arguments, argv[0] first.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The guest's environment as <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary><c>-L</c>: absolute paths are looked for under this directory first, or null.</summary>
    public string? Prefix { get; init; }

    /// <summary>Runtime settings, with the log.</summary>
    public RuntimeOptions Runtime { get; init; } = new();

    /// <summary>True when system calls are traced (<c>--strace</c>, <c>-d strace</c>).</summary>
    public bool Strace { get; init; }

    /// <summary>The guest, as the CPU model that was asked for, of an ELF <c>e_machine</c>; null when there is none. May throw <see cref="Loading.LaunchException"/>.</summary>
    public required Func<int, IGuest?> FindGuest { get; init; }

    /// <summary>Makes the backends, once a guest is known: the cold one, and the hot one or null.</summary>
    public required Func<IGuest, (ITcgBackend Cold, ITcgBackend? Hot)> CreateBackends { get; init; }

    /// <summary>
    /// Command and arguments that start this very program again with the same options, up to and not including the guest program. Fork and
    /// execve append <c>--take-up FD</c>: its number is to come back as <see cref="TakeUp"/>. Null: the guest cannot fork or execute.
    /// </summary>
    public IReadOnlyList<string>? Relaunch { get; init; }

    /// <summary>Host descriptor of the state that a parent left (see <see cref="Relaunch"/>), or -1.</summary>
    public int TakeUp { get; init; } = -1;

    /// <summary>Called with the machine when the guest process has ended in this process, for <c>--stats</c>, or null.</summary>
    public Action<UserMachine>? Ended { get; init; }
}
