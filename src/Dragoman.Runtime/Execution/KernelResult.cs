namespace Dragoman.Runtime.Execution;

/// <summary>What the dispatcher does after the kernel has handled something.</summary>
public enum KernelResult
{
    /// <summary>Go on at the state's PC (which the kernel may have changed).</summary>
    Continue = 0,

    /// <summary>This guest thread is done: <see cref="UserMachine.Run"/> returns.</summary>
    ExitThread = 1,

    /// <summary>The guest process is done: <see cref="UserMachine.Run"/> returns here, and in the other threads at their next boundary.</summary>
    ExitProcess = 2,
}
