using System.Text;
using Dragoman.Linux.Elf;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;
using Microsoft.Win32.SafeHandles;

namespace Dragoman.Linux.Loading;

/// <summary>A file that execve was asked for, opened; scripts are followed to their interpreter.</summary>
internal sealed class Executable : IDisposable
{
    // A pipe that nobody writes to, or a terminal, is found to be none of a program's and must not wait or become ours before.
    private const int ReadOnlyCloseOnExec = 0x80000, DoNotWait = 0x800, NoTerminal = 0x100;
    private const int MaximumScriptDepth = 5;
    private const int ScriptLine = 256;
    private const uint FileTypeMask = 0xF000;
    private const uint RegularFile = 0x8000;
    private const uint DirectoryFile = 0x4000;

    private Executable(string path, SafeFileHandle handle, FileElfSource source, GuestBacking backing, int machine, bool is64Bit)
    {
        Path = path;
        Handle = handle;
        Backing = backing;
        Machine = machine;
        Is64Bit = is64Bit;
        Source = source;
    }

    /// <summary>Absolute path as the host knows it.</summary>
    public string Path { get; }

    public SafeFileHandle Handle { get; }

    public int Descriptor => (int)Handle.DangerousGetHandle();

    public GuestBacking Backing { get; }

    public FileElfSource Source { get; }

    /// <summary>e_machine, as far as the first bytes tell.</summary>
    public int Machine { get; }

    public bool Is64Bit { get; }

    /// <summary>Opens a program; a script's interpreter takes its place and its arguments go in front.</summary>
    /// <param name="path">As it was given.</param>
    /// <param name="arguments">argv; replaced for scripts.</param>
    /// <param name="paths">Where absolute interpreter paths are looked for.</param>
    /// <param name="mustBeExecutable">True for execve; a file named on the command line need only be readable.</param>
    /// <exception cref="LaunchException">It cannot be executed.</exception>
    public static Executable Open(string path, ref IReadOnlyList<string> arguments, GuestPaths paths, bool mustBeExecutable)
    {
        for (var depth = 0; depth < MaximumScriptDepth; depth++)
        {
            var handle = OpenRegular(path, mustBeExecutable);
            var start = new byte[ScriptLine];
            var source = new FileElfSource(handle);
            var length = ReadStart(path, source, start);
            if (length < 2 || start[0] != '#' || start[1] != '!')
            {
                var (device, inode, _, _) = HostPath.Status(handle.DangerousGetHandle());
                var isElf = length >= 20 && start.AsSpan().StartsWith("\u007fELF"u8);
                return new Executable(
                    HostPath.OfDescriptor(handle.DangerousGetHandle()) ?? path, handle, source, new GuestBacking(device, inode),
                    isElf ? start[18] | (start[19] << 8) : 0, isElf && start[4] == 2);
            }

            handle.Dispose();
            var line = Encoding.Latin1.GetString(start, 2, length - 2).Split('\n')[0].Trim(' ', '\t');
            if (line.Length == 0)
            {
                throw new LaunchException($"{path}: script names no interpreter", 126, Errno.ENOEXEC);
            }

            var split = line.IndexOfAny([' ', '\t']);
            var interpreter = split < 0 ? line : line[..split];
            var rest = arguments.Skip(1).Prepend(path);
            if (split >= 0)
            {
                rest = rest.Prepend(line[split..].Trim(' ', '\t'));
            }

            arguments = [interpreter, .. rest];
            path = paths.Resolve(interpreter);
        }

        throw new LaunchException($"{path}: too many levels of script interpreters", 126, Errno.ELOOP);
    }

    private static int ReadStart(string path, FileElfSource source, byte[] start)
    {
        try
        {
            return source.Read(0, start);
        }
        catch (ElfFormatException error)
        {
            throw new LaunchException($"{path}: {error.Message}", 126, Errno.EIO);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static SafeFileHandle OpenRegular(string path, bool mustBeExecutable)
    {
        var descriptor = HostPath.Open(path, ReadOnlyCloseOnExec | DoNotWait | NoTerminal);
        if (descriptor < 0)
        {
            var errno = (int)-descriptor;
            throw new LaunchException($"{path}: {Describe(errno)}", errno == Errno.ENOENT || errno == Errno.ENOTDIR ? 127 : 126, errno);
        }

        var handle = new SafeFileHandle((nint)descriptor, ownsHandle: true);
        var type = HostPath.Status(descriptor).Mode & FileTypeMask;
        if (type != RegularFile)
        {
            handle.Dispose();
            throw new LaunchException(
                $"{path}: {(type == DirectoryFile ? "is a directory" : "not a regular file")}", 126, Errno.EACCES);
        }

        if (mustBeExecutable && HostPath.Access(path, 1) is < 0 and var denied)
        {
            handle.Dispose();
            throw new LaunchException($"{path}: {Describe((int)-denied)}", 126, (int)-denied);
        }

        return handle;
    }

    private static string Describe(int errno) => errno switch
    {
        Errno.ENOENT => "no such file or directory",
        Errno.EACCES => "permission denied",
        Errno.ENOTDIR => "not a directory",
        Errno.ELOOP => "too many levels of symbolic links",
        Errno.ENAMETOOLONG => "file name too long",
        _ => "cannot be opened (" + Errno.Name(errno) + ")",
    };
}
