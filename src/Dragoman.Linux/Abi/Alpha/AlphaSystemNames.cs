using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>The calls that tell uname's strings one by one or in OSF/1's structure.</summary>
internal static class AlphaSystemNames
{
    private const int Length = ProcessCalls.NameLength, OldLength = 32, OldCount = 5, HostNameIndex = 1, DomainNameIndex = 5;

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

    /// <summary>osf_getdomainname: EINVAL when it does not fit.</summary>
    public static long DomainName(LinuxThread thread, ulong address, int size) => Name(thread, DomainNameIndex, address, size, mustFit: true);

    private static long Name(LinuxThread thread, int index, ulong address, int size, bool mustFit = false)
    {
        Span<byte> names = stackalloc byte[ProcessCalls.NameCount * Length];
        if (ProcessCalls.ReadNames(thread, names) is < 0 and var error)
        {
            return error;
        }

        var name = names.Slice(index * Length, Length);
        var length = name.IndexOf((byte)0) + 1;
        return length > size && mustFit
            ? -Errno.EINVAL
            : thread.Process.Memory.TryWrite(address, name[..Math.Min(length, size)]) ? 0 : -Errno.EFAULT;
    }
}
