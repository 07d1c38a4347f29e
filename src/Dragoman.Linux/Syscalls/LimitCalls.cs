using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Resource limits. Those that would strangle this program instead of the guest are kept, not set.</summary>
internal static unsafe class LimitCalls
{
    private const int Data = 2, Stack = 3, Memory = 9, OpenFiles = 7;

    public static long Limit(LinuxThread thread, int process, int resource, ulong newAddress, ulong oldAddress)
    {
        var memory = thread.Process.Memory;
        (ulong Soft, ulong Hard) wanted = default;
        if (newAddress != 0 && !memory.TryRead(newAddress, out wanted))
        {
            return -Errno.EFAULT;
        }

        if ((uint)resource >= (uint)thread.Process.Limits.Length)
        {
            return -Errno.EINVAL;
        }

        var isSelf = process == 0 || process == Environment.ProcessId;
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

            if (kept)
            {
                if (wanted.Hard > old.Hard && HostCall.Invoke(Syscall.Geteuid) != 0)
                {
                    return -Errno.EPERM;
                }

                Volatile.Write(ref thread.Process.Limits[resource], new ResourceLimit(resource, wanted.Soft, wanted.Hard));
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

        return oldAddress == 0 || memory.TryWrite(oldAddress, old) ? 0 : -Errno.EFAULT;
    }
}
