namespace Dragoman.Runtime.Execution;

/// <summary>Why the inner loop left execution.</summary>
internal enum LoopExit
{
    /// <summary>The poll word is set.</summary>
    Requested,

    /// <summary>A guest exception; the loop's Pending says which.</summary>
    Exception,

    /// <summary>The instruction at the PC is to be run alone, by code that knows the whole address rule.</summary>
    OddAddress,

    /// <summary>The instruction at the PC is to be run alone, by exact floating-point code.</summary>
    ExactFloat,

    /// <summary>A host fault, recorded in the block.</summary>
    HostFault,
}
