namespace Dragoman.Linux.Host;

/// <summary>The host process. .NET's own property remembers the number that a forked child's parent had.</summary>
internal static unsafe class HostProcess
{
    /// <summary>The process id. Any thread.</summary>
    public static int Id => HostStubs.Exchange->ProcessId;
}
