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
        thread.Buffers.Return(HostCall.Invoke(syscall, id, command & ~NewVersion, (command & ~NewVersion) == Remove ? 0 : thread.Buffers.ToHost(address)));

    /// <summary>semctl(2). The last argument is a union: a number, an array or a structure.</summary>
    public static long ControlSemaphores(LinuxThread thread, int id, int number, int command, ulong argument)
    {
        command &= ~NewVersion;
        return command switch
        {
            Set or Status or SemaphoreStatus or AnySemaphoreStatus => Describe(thread, id, number, command, argument),
            SetValue => HostCall.Invoke(Syscall.Semctl, id, number, command, (int)argument),
            Info or SemaphoreInfo => thread.Buffers.Return(HostCall.Invoke(Syscall.Semctl, id, number, command, thread.Buffers.ToHost(argument))),
            GetAll => GetValues(thread, id, number, argument),
            SetAll => HostCall.Invoke(Syscall.Semctl, id, number, command, thread.Process.Memory.ToHost(argument)),
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

    /// <summary>GETALL: a short for each semaphore, which are alike everywhere.</summary>
    public static long GetValues(LinuxThread thread, int id, int number, ulong address)
    {
        Span<byte> status = stackalloc byte[SemaphoreSetLayout.Host.Size];
        fixed (byte* buffer = status)
        {
            if (HostCall.Invoke(Syscall.Semctl, id, number, Status, (nint)buffer) is < 0 and var error)
            {
                return error;
            }
        }

        var size = sizeof(ushort) * SemaphoreSetLayout.Host.Count.Read(status);
        return thread.Buffers.Return(HostCall.Invoke(Syscall.Semctl, id, number, GetAll, thread.Buffers.ToHost(address, size)));
    }
}
