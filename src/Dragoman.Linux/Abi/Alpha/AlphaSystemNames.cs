using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>The calls that tell uname's strings one by one or in OSF/1's structure.</summary>
internal static class AlphaSystemNames
{
    private const int Length = ProcessCalls.NameLength, OldLength = 32, OldCount = 5, HostNameIndex = 1, DomainNameIndex = 5,
        InstructionSet = 6, LastInformation = 9;

    /// <summary>osf_utsname: five strings of 32 bytes.</summary>
    public static long Names(LinuxThread thread, ulong address)
    {
        Span<byte> names = stackalloc byte[ProcessCalls.NameCount * Length];
        if (ProcessCalls.ReadNames(thread, names) is < 0 and var error)
        {
            return error;
        }

        Span<byte> old = stackalloc byte[OldCount * OldLength];
        for (var i = 0; i < OldCount; i++)
        {
            names.Slice(i * Length, OldLength).CopyTo(old[(i * OldLength)..]);
        }

        return thread.Process.Memory.TryWrite(address, old) ? 0 : -Errno.EFAULT;
    }

    /// <summary>gethostname: as much as fits.</summary>
    public static long HostName(LinuxThread thread, ulong address, int size) => size < 0 ? -Errno.EINVAL : Name(thread, HostNameIndex, address, size);

    /// <summary>osf_getdomainname: as much as fits, of 32 bytes at most.</summary>
    public static long DomainName(LinuxThread thread, ulong address, int size) => Name(thread, DomainNameIndex, address, size is < 0 or > OldLength ? OldLength : size);

    /// <summary>osf_sysinfo: one of uname's strings, or one that Linux makes up; as much as fits.</summary>
    public static long Information(LinuxThread thread, int which, ulong address, ulong size)
    {
        var room = (int)Math.Min(size, Length);
        return which switch
        {
            >= 1 and <= OldCount => Name(thread, which - 1, address, room),
            InstructionSet => Write(thread, "alpha\0"u8, address, room),
            > InstructionSet and <= LastInformation => Write(thread, "dummy\0"u8, address, room),
            _ => -Errno.EINVAL,
        };
    }

    private static long Name(LinuxThread thread, int index, ulong address, int size)
    {
        Span<byte> names = stackalloc byte[ProcessCalls.NameCount * Length];
        if (ProcessCalls.ReadNames(thread, names) is < 0 and var error)
        {
            return error;
        }

        var name = names.Slice(index * Length, Length);
        return Write(thread, name[..(name.IndexOf((byte)0) + 1)], address, size);
    }

    private static long Write(LinuxThread thread, ReadOnlySpan<byte> text, ulong address, int size) =>
        thread.Process.Memory.TryWrite(address, text[..Math.Min(text.Length, size)]) ? 0 : -Errno.EFAULT;
}
