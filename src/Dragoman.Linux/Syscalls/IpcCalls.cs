using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// The control calls of System V IPC. 64-bit guests have the host's structures, except semid64_ds (<see cref="SemaphoreSetLayout"/>); those of
/// i386 are its own (<see cref="Abi.I386.I386IpcCalls"/>).
/// </summary>
internal static unsafe class IpcCalls
{
    private const int NewVersion = 0x100;
    private const int Remove = 0, Set = 1, Status = 2, Info = 3, GetAll = 13, SetValue = 16, SetAll = 17, SemaphoreStatus = 18, SemaphoreInfo = 19, AnySemaphoreStatus = 20;

    /// <summary>Bytes of struct ipc64_perm, with which each structure begins.</summary>
    private const int PermissionBytes = 48;

    /// <summary>shmctl(2) and msgctl(2).</summary>
    public static long Control(LinuxThread thread, Syscall syscall, int id, int command, ulong address) =>
        HostCall.Invoke(syscall, id, command & ~NewVersion, Buffer(thread, command & ~NewVersion, address, 4096));

    /// <summary>semctl(2). The last argument is a union: a number, an array or a structure.</summary>
    public static long ControlSemaphores(LinuxThread thread, int id, int number, int command, ulong argument)
    {
        command &= ~NewVersion;
        return command switch
        {
            Set or Status or SemaphoreStatus or AnySemaphoreStatus => Describe(thread, id, number, command, argument),
            SetValue => HostCall.Invoke(Syscall.Semctl, id, number, command, (int)argument),
            GetAll or SetAll or Info or SemaphoreInfo => HostCall.Invoke(Syscall.Semctl, id, number, command, Buffer(thread, command, argument, 1 << 16)),
            _ => HostCall.Invoke(Syscall.Semctl, id, number, command),
        };
    }

    private static long Describe(LinuxThread thread, int id, int number, int command, ulong address)
    {
        var memory = thread.Process.Memory;
        var layout = thread.Process.Abi.Layouts.SemaphoreSet ?? SemaphoreSetLayout.Generic;
        Span<byte> guest = stackalloc byte[layout.Size], host = stackalloc byte[SemaphoreSetLayout.Host.Size];
        host.Clear();
        if (command == Set)
        {
            if (!memory.TryRead(address, guest))
            {
                return -Errno.EFAULT;
            }

            guest[..PermissionBytes].CopyTo(host);
        }

        long result;
        fixed (byte* buffer = host)
        {
            result = HostCall.Invoke(Syscall.Semctl, id, number, command, (nint)buffer);
        }

        if (result < 0 || command == Set)
        {
            return result;
        }

        guest.Clear();
        host[..PermissionBytes].CopyTo(guest);
        layout.Used.Write(guest, SemaphoreSetLayout.Host.Used.Read(host));
        layout.Changed.Write(guest, SemaphoreSetLayout.Host.Changed.Read(host));
        layout.Count.Write(guest, SemaphoreSetLayout.Host.Count.Read(host));
        return memory.TryWrite(address, guest) ? result : -Errno.EFAULT;
    }

    private static nint Buffer(LinuxThread thread, int command, ulong address, ulong length)
    {
        if (address == 0 || command == Remove)
        {
            return 0;
        }

        // A page that holds translated code is write-protected; the kernel would find that it cannot write there.
        thread.Process.Memory.PrepareWrite(address, length);
        return thread.Process.Memory.ToHost(address);
    }
}
