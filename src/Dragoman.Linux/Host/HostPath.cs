using System.Text;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Host;

/// <summary>Host calls on path names that are kept as bytes (Latin-1 strings).</summary>
internal static unsafe class HostPath
{
    public const int AtCwd = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW: the link itself is meant.</summary>
    public const int AtSymlinkNoFollow = 0x100;

    /// <summary>The bytes with a terminator.</summary>
    public static byte[] Terminated(string path)
    {
        var bytes = new byte[path.Length + 1];
        ByteText.Copy(path, bytes);
        return bytes;
    }

    /// <summary>openat(AT_FDCWD, ...): a descriptor or a negated errno.</summary>
    public static long Open(string path, int flags, int mode = 0)
    {
        fixed (byte* bytes = Terminated(path))
        {
            return HostCall.Invoke(Syscall.Openat, AtCwd, (nint)bytes, flags, mode);
        }
    }

    /// <summary>faccessat: 0 or a negated errno.</summary>
    public static long Access(string path, int mode)
    {
        fixed (byte* bytes = Terminated(path))
        {
            return HostCall.Invoke(Syscall.Faccessat, AtCwd, (nint)bytes, mode);
        }
    }

    /// <summary>The target of a symbolic link, or null.</summary>
    public static string? ReadLink(string path)
    {
        var buffer = stackalloc byte[4096];
        fixed (byte* bytes = Terminated(path))
        {
            var length = HostCall.Invoke(Syscall.Readlinkat, AtCwd, (nint)bytes, (nint)buffer, 4096);
            return length < 0 ? null : Encoding.Latin1.GetString(buffer, (int)length);
        }
    }

    /// <summary>The path that an open descriptor has.</summary>
    public static string? OfDescriptor(long descriptor) => ReadLink($"/proc/self/fd/{descriptor}");

    /// <summary>The descriptors that this process has open, as /proc lists them.</summary>
    public static List<int> OpenDescriptors()
    {
        const int DirectoryAndCloseOnExec = 0x90000, BufferSize = 4096;
        var found = new List<int>();
        var directory = Open("/proc/self/fd", DirectoryAndCloseOnExec);
        var buffer = stackalloc byte[BufferSize];
        while (HostCall.Invoke(Syscall.Getdents64, (nint)directory, (nint)buffer, BufferSize) is > 0 and var length)
        {
            // "." and ".." are no numbers.
            for (var entry = buffer; entry < buffer + length; entry += *(ushort*)(entry + DirectoryRecord.Length))
            {
                var name = entry + DirectoryRecord.Name;
                var number = 0;
                for (; *name is >= (byte)'0' and <= (byte)'9'; name++)
                {
                    number = (number * 10) + (*name - '0');
                }

                if (*name == 0)
                {
                    found.Add(number);
                }
            }
        }

        HostCall.Invoke(Syscall.Close, (nint)directory);
        return found;
    }

    /// <summary>The strings of a file of /proc in which each ends with a zero byte; null when it cannot be read.</summary>
    public static List<string>? ReadEntries(string path)
    {
        const int CloseOnExec = 0x80000;
        var descriptor = Open(path, CloseOnExec);
        if (descriptor < 0)
        {
            return null;
        }

        var content = new byte[4096];
        int length = 0;
        long got;
        do
        {
            if (length == content.Length)
            {
                Array.Resize(ref content, length * 2);
            }

            fixed (byte* free = &content[length])
            {
                got = HostCall.Invoke(Syscall.Read, (nint)descriptor, (nint)free, content.Length - length);
            }

            length += (int)Math.Max(got, 0);
        }
        while (got > 0 || got == -Errno.EINTR);
        HostCall.Invoke(Syscall.Close, (nint)descriptor);
        if (got < 0)
        {
            return null;
        }

        var entries = new List<string>();
        for (var start = 0; start < length;)
        {
            var end = Array.IndexOf(content, (byte)0, start, length - start);
            end = end < 0 ? length : end;
            entries.Add(Encoding.Latin1.GetString(content, start, end - start));
            start = end + 1;
        }

        return entries;
    }

    /// <summary>A memory file holding <paramref name="content"/>, at its start: a descriptor or a negated errno.</summary>
    public static long MemoryFile(string name, ReadOnlySpan<byte> content, bool closeOnExec)
    {
        long descriptor;
        fixed (byte* bytes = Terminated(name))
        {
            descriptor = HostCall.Invoke(Syscall.MemfdCreate, (nint)bytes, closeOnExec ? 1 : 0);
        }

        if (descriptor < 0)
        {
            return descriptor;
        }

        var error = WriteAll((int)descriptor, content);
        HostCall.Invoke(Syscall.Lseek, (nint)descriptor, 0, 0);
        return error < 0 ? error : descriptor;
    }

    /// <summary>write(2) until all is written: 0 or a negated errno.</summary>
    public static long WriteAll(int descriptor, ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = content)
        {
            nint done = 0;
            while (done < content.Length)
            {
                var result = HostCall.Invoke(Syscall.Write, descriptor, (nint)bytes + done, content.Length - done);
                if (result < 0 && result != -Errno.EINTR)
                {
                    return result;
                }

                done += (nint)Math.Max(result, 0);
            }
        }

        return 0;
    }

    /// <summary>st_dev, st_ino, st_mode and st_size of a descriptor.</summary>
    public static FileStatus Status(long descriptor)
    {
        var stat = stackalloc ulong[18];
        var result = HostCall.Invoke(Syscall.Fstat, (nint)descriptor, (nint)stat);
        return result < 0 ? default : new FileStatus(stat[0], stat[1], (uint)stat[3], (long)stat[6]);
    }
}
