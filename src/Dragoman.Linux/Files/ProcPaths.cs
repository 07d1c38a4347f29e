using System.Globalization;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Files;

/// <summary>Names under /proc and /dev/fd that mean this process.</summary>
internal static class ProcPaths
{
    /// <summary>True when a path is /proc/self/NAME, /proc/thread-self/NAME or /proc/PID/NAME of this process.</summary>
    public static bool IsSelf(LinuxProcess process, string path, string name) =>
        path.EndsWith(name, StringComparison.Ordinal) && SelfName(path) is { } rest && rest == name;

    /// <summary>What follows this process's directory in /proc, or null.</summary>
    public static string? SelfName(string path)
    {
        if (!path.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return null;
        }

        var slash = path.IndexOf('/', 6);
        if (slash < 0)
        {
            return null;
        }

        var who = path.AsSpan(6, slash - 6);
        var isSelf = who is "self" or "thread-self" || who.SequenceEqual(HostProcess.Id.ToString(CultureInfo.InvariantCulture));
        return isSelf ? path[(slash + 1)..] : null;
    }

    /// <summary>Turns /proc/self/fd/N and /dev/fd/N into the host's path of the same descriptor.</summary>
    public static bool TryDescriptor(LinuxProcess process, string path, out string hostPath)
    {
        hostPath = path;
        if (path.Length < 8 || path[0] != '/')
        {
            return false;
        }

        var name = path.StartsWith("/dev/fd/", StringComparison.Ordinal)
            ? path[8..]
            : SelfName(path) is { } rest && rest.StartsWith("fd/", StringComparison.Ordinal) ? rest[3..] : null;
        if (name is null || !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var guest))
        {
            return false;
        }

        // A number that the guest does not have open must not reach one of the runtime's own.
        hostPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{process.Files.ToHost(guest)}");
        return true;
    }
}
