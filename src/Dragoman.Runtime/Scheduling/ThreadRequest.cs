namespace Dragoman.Runtime.Scheduling;

/// <summary>What was asked for with <c>--thread</c>.</summary>
public enum ThreadRequest
{
    /// <summary>A thread a vCPU where that is right, else turns.</summary>
    Auto,

    /// <summary>A thread a vCPU.</summary>
    Multi,

    /// <summary>Turns.</summary>
    Single,
}
