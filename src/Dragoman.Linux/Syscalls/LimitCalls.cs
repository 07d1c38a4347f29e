using System.Globalization;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Resource limits. Those that would strangle this program instead of the guest are kept, not set.</summary>
internal static unsafe class LimitCalls
{
    /// <summary>RLIMIT_STACK.</summary>
    public const int Stack = 3;

    private const int Data = 2, Memory = 9, OpenFiles = 7;

    /// <summary>RLIM_INFINITY of the host and of prlimit64 everywhere.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>getrlimit(2) and setrlimit(2), for which the structure must be there.</summary>
    public static long OwnLimit(LinuxThread thread, Syscall syscall, int guestResource, ulong address)
    {
        var sets = syscall == Syscall.Setrlimit;
        var result = sets && address == 0 ? 0 : Limit(thread, 0, guestResource, sets ? address : 0, sets ? 0 : address, thread.Process.Abi.Numbers.NoLimit);
        return result == 0 && address == 0 ? -Errno.EFAULT : result;
    }

    /// <summary>Reads and sets a limit.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="process">Process id, 0 for the caller.</param>
    /// <param name="guestResource">RLIMIT_ number of the guest.</param>
    /// <param name="newAddress">struct rlimit, or 0.</param>
    /// <param name="oldAddress">Room for one, or 0.</param>
    /// <param name="infinity">How the guest's structure says that there is no limit: also the largest value that its members take.</param>
    /// <param name="isWide">True for prlimit64, whose members are 64 bits everywhere; else they are words.</param>
    public static long Limit(LinuxThread thread, int process, int guestResource, ulong newAddress, ulong oldAddress, ulong infinity, bool isWide = false)
    {
        var resource = thread.Process.Abi.Numbers.Limits.ToHost(guestResource);
        var memory = thread.Process.Memory;
        (ulong Soft, ulong Hard) wanted = default;
        if (newAddress != 0 && !(isWide ? memory.TryRead(newAddress, out wanted) : GuestWord.TryReadPair(thread, newAddress, out wanted)))
        {
            return -Errno.EFAULT;
        }

        wanted = (wanted.Soft == infinity ? Infinity : wanted.Soft, wanted.Hard == infinity ? Infinity : wanted.Hard);
        var isSelf = process == 0 || process == HostProcess.Id;
        if (isSelf && (uint)resource >= (uint)thread.Process.Limits.Length)
        {
            return -Errno.EINVAL;
        }

        (ulong Soft, ulong Hard) old = default;
        var kept = isSelf && resource is Data or Stack or Memory;
        if (isSelf && Volatile.Read(ref thread.Process.Limits[resource]) is { } remembered)
        {
            old = (remembered.Soft, remembered.Hard);
        }
        else if (HostCall.Invoke(Syscall.Prlimit64, process, resource, 0, (nint)(&old)) is < 0 and var error)
        {
            return error;
        }

        if (newAddress != 0)
        {
            if (wanted.Soft > wanted.Hard)
            {
                return -Errno.EINVAL;
            }

            if ((kept || (isSelf && resource == OpenFiles)) && wanted.Hard > old.Hard && !MayRaise(resource, wanted.Hard))
            {
                return -Errno.EPERM;
            }

            if (kept)
            {
                Volatile.Write(ref thread.Process.Limits[resource], new ResourceLimit(resource, wanted.Soft, wanted.Hard));
                if (resource == Stack)
                {
                    thread.Process.Machine.Memory.GrowthLimit = wanted.Soft;
                }
            }
            else if (isSelf && resource == OpenFiles)
            {
                // The guest's own numbers end there; the host's limit stays, because this program opens files too.
                Volatile.Write(ref thread.Process.Limits[resource], new ResourceLimit(resource, wanted.Soft, wanted.Hard));
                thread.Process.Files.Limit = (int)Math.Min(wanted.Soft, int.MaxValue);
            }
            else if (HostCall.Invoke(Syscall.Prlimit64, process, resource, (nint)(&wanted), 0) is < 0 and var setError)
            {
                return setError;
            }
        }

        old = (old.Soft >= infinity ? infinity : old.Soft, old.Hard >= infinity ? infinity : old.Hard);
        return oldAddress == 0 || (isWide ? memory.TryWrite(oldAddress, old) : GuestWord.TryWritePair(thread, oldAddress, old)) ? 0 : -Errno.EFAULT;
    }

    /// <summary>
    /// Whether the process may have a higher hard limit: CAP_SYS_RESOURCE, and of open files no more than the system has (fs.nr_open). That capability counts in the
    /// first user namespace alone, which no set of bits tells, so the host is asked by a limit that is put back at once.
    /// </summary>
    private static bool MayRaise(int resource, ulong hard)
    {
        const int Nice = 13;
        if (resource == OpenFiles && hard > ulong.Parse(File.ReadAllText("/proc/sys/fs/nr_open"), CultureInfo.InvariantCulture))
        {
            return false;
        }

        (ulong Soft, ulong Hard) now;
        HostCall.Invoke(Syscall.Getrlimit, Nice, (nint)(&now));
        if (now.Hard == Infinity)
        {
            return HostCall.Invoke(Syscall.Geteuid) == 0;
        }

        var more = (now.Soft, now.Hard + 1);
        return HostCall.Invoke(Syscall.Setrlimit, Nice, (nint)(&more)) == 0 && HostCall.Invoke(Syscall.Setrlimit, Nice, (nint)(&now)) == 0;
    }
}
