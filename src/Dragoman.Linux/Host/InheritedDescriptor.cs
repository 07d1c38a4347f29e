namespace Dragoman.Linux.Host;

/// <summary>What this program was started with. A number that was closed then may be a file of .NET's own by now, which closes at execve(2).</summary>
internal static class InheritedDescriptor
{
    private const int GetFlags = 1, CloseOnExec = 1;

    /// <summary>The number, or -1 if nothing was there.</summary>
    public static int Find(int number) => LibC.Control(number, GetFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0 ? number : -1;
}
