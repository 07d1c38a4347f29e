namespace Dragoman.Runtime.Faults;

/// <summary>What the dispatcher does about a host fault in translated code.</summary>
internal enum FaultOutcome
{
    /// <summary>The access is allowed now (code page unprotected, mapping changed meanwhile): run the instruction again.</summary>
    Retry,

    /// <summary>A store to a page that is armed for a load-exclusive: run the instruction in an exclusive section.</summary>
    Armed,

    /// <summary>The kernel gave no address: run the instruction alone with the cold backend, which finds it.</summary>
    Replay,

    /// <summary>A guest fault.</summary>
    Deliver,

    /// <summary>Not an access to guest memory: an error in this program, to be thrown on.</summary>
    HostError,
}
