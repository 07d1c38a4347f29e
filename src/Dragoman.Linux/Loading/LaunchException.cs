namespace Dragoman.Linux.Loading;

/// <summary>A program cannot be started; the message is one line that names it.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="status">Exit status: 127 when there is no such program, 126 when it cannot be executed.</param>
/// <param name="errno">What execve(2) returns for it.</param>
public sealed class LaunchException(string message, int status, int errno) : Exception(message)
{
    /// <summary>Exit status of the process.</summary>
    public int Status { get; } = status;

    /// <summary>Positive errno.</summary>
    public int Errno { get; } = errno;
}
