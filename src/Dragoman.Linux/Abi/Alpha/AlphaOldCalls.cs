using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>Calls whose structures are those of other machines but for one member.</summary>
internal static unsafe class AlphaOldCalls
{
    /// <summary>ustat(2): struct ustat with an inode count of 32 bits.</summary>
    public static long Device(LinuxThread thread, uint device, ulong address)
    {
        const int HostSize = 32, Size = 20, Inodes = 8, Names = 16, NamesSize = 12;
        Span<byte> host = stackalloc byte[HostSize], guest = stackalloc byte[Size];
        host.Clear();
        fixed (byte* target = host)
        {
            if (HostCall.Invoke(Syscall.Ustat, (nint)device, (nint)target) is < 0 and var error)
            {
                return error;
            }
        }

        host[..sizeof(int)].CopyTo(guest);
        host.Slice(Inodes, sizeof(int)).CopyTo(guest[sizeof(int)..]);
        host.Slice(Names, NamesSize).CopyTo(guest[(2 * sizeof(int))..]);
        return thread.Process.Memory.TryWrite(address, guest) ? 0 : -Errno.EFAULT;
    }

    /// <summary>old_adjtimex: struct timex32, whose time has members of 32 bits.</summary>
    public static long AdjustClock(LinuxThread thread, ulong address)
    {
        const int HostSize = 208, Size = 200, Time = 72, HostRest = 88, Rest = 80;
        Span<byte> host = stackalloc byte[HostSize], guest = stackalloc byte[Size];
        if (!thread.Process.Memory.TryRead(address, guest))
        {
            return -Errno.EFAULT;
        }

        host.Clear();
        guest[..Time].CopyTo(host);
        guest[Rest..].CopyTo(host[HostRest..]);
        long result;
        fixed (byte* target = host)
        {
            result = HostCall.Invoke(Syscall.Adjtimex, (nint)target);
        }

        if (result < 0)
        {
            return result;
        }

        host[..Time].CopyTo(guest);
        host.Slice(Time, sizeof(int)).CopyTo(guest[Time..]);
        host.Slice(Time + sizeof(long), sizeof(int)).CopyTo(guest[(Time + sizeof(int))..]);
        host[HostRest..].CopyTo(guest[Rest..]);
        return thread.Process.Memory.TryWrite(address, guest) ? result : -Errno.EFAULT;
    }
}
