using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;

namespace Dragoman.Linux.Processes;

/// <summary>fork and execve.</summary>
internal static class ProcessImage
{
    public static long Fork(LinuxThread thread, in CloneArguments arguments) => -Errno.ENOSYS;

    public static long Execute(LinuxThread thread, string name, ulong arguments, ulong environment) => -Errno.ENOSYS;
}
