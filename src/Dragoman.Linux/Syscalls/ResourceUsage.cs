using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>How struct rusage looks: the width of a time's members and that of its other 14 members.</summary>
/// <param name="TimeSize">Bytes of tv_sec and tv_usec; 0 for a word.</param>
/// <param name="CountSize">Bytes of the rest; 0 for a word.</param>
internal readonly record struct UsageForm(int TimeSize, int CountSize);

/// <summary>struct rusage: two times of two words each, and 14 counts.</summary>
internal static unsafe class ResourceUsage
{
    /// <summary>64-bit words of the host's structure.</summary>
    public const int Words = 18;

    private const int TimeWords = 4;

    /// <summary>The structure of the guest's own words.</summary>
    public static readonly UsageForm Native = default;

    /// <summary>getrusage(2).</summary>
    public static long Get(LinuxThread thread, int who, ulong address, UsageForm form)
    {
        var usage = stackalloc long[Words];
        var result = HostCall.Invoke(Syscall.Getrusage, who, (nint)usage);
        return result < 0 ? result : Write(thread, address, new ReadOnlySpan<long>(usage, Words), form) ? result : -Errno.EFAULT;
    }

    /// <summary>Writes a host's structure as the guest's; false for EFAULT.</summary>
    public static bool Write(LinuxThread thread, ulong address, ReadOnlySpan<long> host, UsageForm form)
    {
        var word = thread.Process.Abi.Layouts.WordSize;
        var time = form.TimeSize == 0 ? word : form.TimeSize;
        var count = form.CountSize == 0 ? word : form.CountSize;
        Span<byte> guest = stackalloc byte[Words * sizeof(long)];
        var offset = 0;
        for (var i = 0; i < Words; i++)
        {
            var size = i < TimeWords ? time : count;
            new Field(offset, size).Write(guest, (ulong)host[i]);
            offset += size;
        }

        return thread.Process.Memory.TryWrite(address, guest[..offset]);
    }
}
