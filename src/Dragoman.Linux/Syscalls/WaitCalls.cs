using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>Waiting for children: what they ended of is told in the guest's signal numbers.</summary>
internal static unsafe class WaitCalls
{
    private const int SignalBits = 0x7F;

    /// <summary>wait4(2).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="process">Which children.</param>
    /// <param name="statusAddress">Room for an int, or 0.</param>
    /// <param name="options">WNOHANG and the like.</param>
    /// <param name="usageAddress">Room for a struct rusage, or 0.</param>
    /// <param name="form">The form of that structure.</param>
    public static long Wait(LinuxThread thread, int process, ulong statusAddress, int options, ulong usageAddress, UsageForm form)
    {
        int status;
        var usage = stackalloc long[ResourceUsage.Words];
        var result = thread.Block(Syscall.Wait4, process, (nint)(&status), options, (nint)usage);
        if (result <= 0)
        {
            return result;
        }

        if (statusAddress != 0 && !thread.Process.Memory.TryWrite(statusAddress, GuestStatus(thread, status)))
        {
            return -Errno.EFAULT;
        }

        return usageAddress == 0 || ResourceUsage.Write(thread, usageAddress, new ReadOnlySpan<long>(usage, ResourceUsage.Words), form) ? result : -Errno.EFAULT;
    }

    /// <summary>waitid(2).</summary>
    public static long WaitId(LinuxThread thread, int kind, int id, ulong infoAddress, int options, ulong usageAddress)
    {
        const int PidDescriptor = 3;
        SignalInfo info = default;
        var usage = stackalloc long[ResourceUsage.Words];
        var host = kind == PidDescriptor ? thread.Process.Files.ToHost(id) : id;
        if (kind == PidDescriptor && host < 0)
        {
            return -Errno.EBADF;
        }

        var result = thread.Block(Syscall.Waitid, kind, host, (nint)(&info), options, (nint)usage);
        if (result < 0)
        {
            return result;
        }

        if (usageAddress != 0 && info.Number != 0
            && !ResourceUsage.Write(thread, usageAddress, new ReadOnlySpan<long>(usage, ResourceUsage.Words), ResourceUsage.Native))
        {
            return -Errno.EFAULT;
        }

        // The kernel writes the members it knows, and none past si_status; all of them zero when WNOHANG found nobody.
        var known = thread.Process.Abi.Layouts.WordSize == sizeof(uint) ? 24 : 28;
        info = GuestSignalInfo.Of(thread, info);
        return infoAddress == 0 || thread.Process.Memory.TryWrite(infoAddress, info.Bytes[..known]) ? result : -Errno.EFAULT;
    }

    private static int GuestStatus(LinuxThread thread, int status)
    {
        var signals = thread.Process.Abi.Numbers.Signals;
        int ToGuest(int host) => signals.ToGuest(SignalNumbers.ToGuest(host));
        return (status & SignalBits) switch
        {
            0 => status,
            SignalBits => (status & 0xFF00) == 0xFF00 ? status : (status & ~0xFF00) | (ToGuest((status >> 8) & 0xFF) << 8),
            var signal => (status & ~SignalBits) | ToGuest(signal),
        };
    }
}
