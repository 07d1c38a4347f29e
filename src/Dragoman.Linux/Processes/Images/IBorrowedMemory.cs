namespace Dragoman.Linux.Processes.Images;

/// <summary>The memory of a vfork child is its parent's (CLONE_VM): posix_spawn's child reports its error there. Ours has a copy, and gives back what it has changed.</summary>
internal interface IBorrowedMemory : IDisposable
{
    /// <summary>Sends what has changed since the start. The calling guest thread is the last one that changes memory.</summary>
    void Return(LinuxProcess process);
}
