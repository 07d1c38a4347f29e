using System.Globalization;
using System.Text;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Files;

/// <summary>Files of /proc/self that show the guest instead of this program, made as memory files when they are opened.</summary>
internal static class ProcFiles
{
    /// <summary>Opens such a file.</summary>
    /// <param name="process">The guest.</param>
    /// <param name="path">As the guest gave it.</param>
    /// <param name="closeOnExec">O_CLOEXEC.</param>
    /// <param name="descriptor">A host descriptor or a negated errno.</param>
    /// <returns>False when the host's file is as good.</returns>
    public static bool TryOpen(LinuxProcess process, string path, bool closeOnExec, out long descriptor)
    {
        var name = ProcPaths.SelfName(path);
        if (name is "mem" or "pagemap" || (name?.StartsWith("task/", StringComparison.Ordinal) == true && name[(name.LastIndexOf('/') + 1)..] is "mem" or "pagemap"))
        {
            // By the host's addresses they would show, and change, this program.
            descriptor = -Errno.EACCES;
            return true;
        }

        descriptor = 0;
        var content = name switch
        {
            "maps" => Encoding.Latin1.GetBytes(Maps(process)),
            "auxv" => process.Program.Auxiliary,
            "cmdline" => Encoding.Latin1.GetBytes(string.Concat(process.Program.Arguments.Select(argument => argument + '\0'))),
            "environ" => Encoding.Latin1.GetBytes(string.Concat(process.Program.Environment.Select(variable => variable + '\0'))),
            "stat" => Encoding.Latin1.GetBytes(Stat(process)),
            _ => null,
        };
        if (content is null)
        {
            return false;
        }

        descriptor = HostPath.MemoryFile("proc", content, closeOnExec);
        return true;
    }

    /// <summary>The guest's mappings in the format of proc(5).</summary>
    public static string Maps(LinuxProcess process)
    {
        var text = new StringBuilder();
        foreach (var mapping in process.Machine.Memory.Snapshot())
        {
            var start = text.Length;
            text.Append(CultureInfo.InvariantCulture, $"{mapping.Start:x8}-{mapping.End:x8} ");
            text.Append((mapping.Protection & GuestProtection.Read) != 0 ? 'r' : '-');
            text.Append((mapping.Protection & GuestProtection.Write) != 0 ? 'w' : '-');
            text.Append((mapping.Protection & GuestProtection.Execute) != 0 ? 'x' : '-');
            text.Append((mapping.Flags & GuestMapFlags.Shared) != 0 ? 's' : 'p');
            var device = mapping.Backing?.Device ?? 0;
            text.Append(CultureInfo.InvariantCulture, $" {(mapping.Backing is null ? 0 : mapping.Offset):x8} {(device >> 8) & 0xFFF:x2}:{(device & 0xFF) | ((device >> 12) & 0xFFF00):x2} {mapping.Backing?.Inode ?? 0}");
            if (mapping.Name is { } name)
            {
                // The kernel pads to column 73 before the name.
                text.Append(' ', Math.Max(1, 73 - (text.Length - start))).Append(name);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>/proc/self/stat: the host's numbers with the guest's name and stack start.</summary>
    private static string Stat(LinuxProcess process)
    {
        var line = File.ReadAllText("/proc/self/stat", Encoding.Latin1);
        var close = line.LastIndexOf(')');
        var fields = line[(close + 2)..].TrimEnd('\n').Split(' ');
        const int StartStack = 28 - 3;
        fields[StartStack] = process.Program.ArgumentStart.ToString(CultureInfo.InvariantCulture);
        var name = process.Program.Path[(process.Program.Path.LastIndexOf('/') + 1)..];
        return $"{HostProcess.Id} ({name[..Math.Min(15, name.Length)]}) {string.Join(' ', fields)}\n";
    }
}
