using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Calls that make, copy and change descriptors.</summary>
internal static unsafe class DescriptorCalls
{
    private const uint CloseOnExec = 0x80000;
    private const uint CloseRangeUnshare = 2;
    private const uint CloseRangeCloseOnExec = 4;
    /// <summary>F_GETLK64 of 32-bit guests; F_SETLK64 and F_SETLKW64 follow it.</summary>
    private const int GetLock64 = 12;

    private const int DupFd = 0, SetFlags = 4, GetFlags = 3, GetLock = 5, SetLock = 6, SetLockWait = 7, OfdGetLock = 36, OfdSetLock = 37, OfdSetLockWait = 38,
        SetOwnerEx = 15, GetOwnerEx = 16, DupFdCloseOnExec = 1030, GetRwHint = 1035, FileRwHintLast = 1038, SetSignal = 10, GetSignal = 11;

    public static long Duplicate(LinuxThread thread, int descriptor, int minimum, bool closeOnExec)
    {
        var files = thread.Process.Files;
        var host = files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        return minimum < 0 || minimum >= files.Limit
            ? -Errno.EINVAL
            : files.Add(HostCall.Invoke(Syscall.Fcntl, host, closeOnExec ? DupFdCloseOnExec : DupFd, 0), minimum, files.IsSmall(descriptor));
    }

    public static long DuplicateTo(LinuxThread thread, int descriptor, int target, uint flags, bool mayBeSame)
    {
        var files = thread.Process.Files;
        flags = (uint)thread.Process.Abi.Numbers.OpenFlags.ToHost(flags);
        if ((flags & ~CloseOnExec) != 0 || (descriptor == target && !mayBeSame))
        {
            return -Errno.EINVAL;
        }

        var host = files.ToHost(descriptor);
        if (host < 0 || (uint)target >= (uint)files.Limit)
        {
            return -Errno.EBADF;
        }

        if (descriptor == target)
        {
            return target;
        }

        var copy = HostCall.Invoke(Syscall.Fcntl, host, flags != 0 ? DupFdCloseOnExec : DupFd, 0);
        return copy < 0 ? copy : files.Replace(target, (int)copy, files.IsSmall(descriptor));
    }

    public static long Pipe(LinuxThread thread, ulong address, uint hostFlags)
    {
        var pair = stackalloc int[2];
        var result = HostCall.Invoke(Syscall.Pipe2, (nint)pair, (nint)hostFlags);
        return result < 0 ? result : AddPair(thread, pair, address);
    }

    /// <summary>Gives two host descriptors numbers and stores them as two ints.</summary>
    public static long AddPair(LinuxThread thread, int* pair, ulong address)
    {
        var files = thread.Process.Files;
        var first = files.Add(pair[0]);
        if (first < 0)
        {
            HostCall.Invoke(Syscall.Close, pair[1]);
            return first;
        }

        var second = files.Add(pair[1]);
        if (second >= 0 && thread.Process.Memory.TryWrite(address, ((ulong)second << 32) | (uint)first))
        {
            return 0;
        }

        files.Close((int)first);
        if (second < 0)
        {
            return second;
        }

        files.Close((int)second);
        return -Errno.EFAULT;
    }

    public static long CloseRange(LinuxThread thread, uint first, uint last, uint flags)
    {
        if (first > last || (flags & ~(CloseRangeUnshare | CloseRangeCloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }

        foreach (var file in thread.Process.Files.Snapshot())
        {
            if ((uint)file.Guest >= first && (uint)file.Guest <= last)
            {
                if ((flags & CloseRangeCloseOnExec) != 0)
                {
                    HostCall.Invoke(Syscall.Fcntl, file.Host, 2, 1);
                }
                else
                {
                    thread.Process.Files.Close(file.Guest);
                }
            }
        }

        return 0;
    }

    public static long Control(LinuxThread thread, int descriptor, int guestCommand, ulong argument)
    {
        var process = thread.Process;
        var numbers = process.Abi.Numbers;
        var layouts = process.Abi.Layouts;
        var isWideLock = layouts.FileLock64 is not null && guestCommand is >= GetLock64 and <= GetLock64 + (SetLockWait - GetLock);
        var command = isWideLock ? guestCommand - GetLock64 + GetLock : numbers.FileCommands.ToHost(guestCommand);
        var host = process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        switch (command)
        {
            case DupFd or DupFdCloseOnExec:
                return Duplicate(thread, descriptor, (int)argument, command == DupFdCloseOnExec);
            case GetFlags:
                var flags = HostCall.Invoke(Syscall.Fcntl, host, command);
                return flags < 0 ? flags : (long)numbers.OpenFlags.ToGuest((ulong)flags & ~(process.Files.IsSmall(descriptor) ? FileCalls.LargeFile : 0));
            case SetFlags:
                return HostCall.Invoke(Syscall.Fcntl, host, command, (nint)numbers.OpenFlags.ToHost(argument));
            case GetLock or SetLock or SetLockWait or OfdGetLock or OfdSetLock or OfdSetLockWait:
                return Lock(thread, host, command, argument, layouts.FileLock64 is { } wide && (isWideLock || command >= OfdGetLock) ? wide : layouts.FileLock);
            case SetOwnerEx or GetOwnerEx or (>= GetRwHint and <= FileRwHintLast):
                return thread.Buffers.Return(HostCall.Invoke(Syscall.Fcntl, host, command, thread.Buffers.ToHost(argument)));
            case SetSignal:
                return HostCall.Invoke(Syscall.Fcntl, host, command, Signals.SignalNumbers.ToHost(numbers.Signals.ToHost((int)argument)));
            case GetSignal:
                var signal = HostCall.Invoke(Syscall.Fcntl, host, command);
                return signal <= 0 ? signal : numbers.Signals.ToGuest(Signals.SignalNumbers.ToGuest((int)signal));
            default:
                return HostCall.Invoke(Syscall.Fcntl, host, command, (nint)argument);
        }
    }

    private static long Lock(LinuxThread thread, int host, int command, ulong address, FileLockLayout layout)
    {
        Span<byte> guest = stackalloc byte[layout.Size];
        if (!thread.Process.Memory.TryRead(address, guest))
        {
            return -Errno.EFAULT;
        }

        var native = stackalloc long[4];
        var types = thread.Process.Abi.Numbers.LockTypes;
        native[0] = (long)((ushort)types.ToHost((int)layout.Type.ReadSigned(guest)) | ((ulong)(ushort)layout.Whence.Read(guest) << 16));
        native[1] = layout.Start.ReadSigned(guest);
        native[2] = layout.Length.ReadSigned(guest);
        native[3] = (int)layout.Process.Read(guest);
        var result = thread.Block(Syscall.Fcntl, host, command, (nint)native);
        if (result < 0 || command is not (GetLock or OfdGetLock))
        {
            return result;
        }

        layout.Type.Write(guest, (ulong)types.ToGuest((int)native[0] & 0xFFFF));
        layout.Whence.Write(guest, ((ulong)native[0] >> 16) & 0xFFFF);
        layout.Start.Write(guest, (ulong)native[1]);
        layout.Length.Write(guest, (ulong)native[2]);
        layout.Process.Write(guest, (ulong)native[3]);
        return thread.Process.Memory.TryWrite(address, guest) ? result : -Errno.EFAULT;
    }
}
