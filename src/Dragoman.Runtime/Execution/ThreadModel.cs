namespace Dragoman.Runtime.Execution;

/// <summary>How vCPUs share host threads (<c>--thread</c>).</summary>
public enum ThreadModel
{
    /// <summary>One host thread per vCPU, all running at once.</summary>
    Multi,

    /// <summary>One host thread per vCPU, one of them in guest code at a time, in turns of 100 ms.</summary>
    Single,
}
