using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.I386;

/// <summary>System V IPC of i386: the call that stands for all of them, and those whose structures have words (ipc/syscall.c, ipc/compat.c).</summary>
internal static unsafe class I386IpcCalls
{
    private const int NewVersion = 0x100;
    private const int Remove = 0, Set = 1, Status = 2, Info = 3, GetAll = 13, SetValue = 16, SetAll = 17, SemaphoreStatus = 18, SemaphoreInfo = 19,
        AnySemaphoreStatus = 20, MemoryLock = 11, MemoryUnlock = 12, SegmentStatus = 13, SegmentInfo = 14, AnySegmentStatus = 15, QueueStatus = 11, QueueInfo = 12,
        AnyQueueStatus = 13;

    /// <summary>Bytes of struct seminfo and, padded, of struct msginfo: ints, alike everywhere.</summary>
    private const int LimitsSize = 40, QueueLimitsSize = 32;

    /// <summary>MSGMAX cannot be set higher.</summary>
    private const uint LongestMessage = int.MaxValue;

    /// <summary>ipc(2): the call's number is in the low half of the first argument, its version in the upper one.</summary>
    public static long Call(LinuxThread thread, in SyscallArguments a, in SyscallRequest request)
    {
        var memory = thread.Process.Memory;
        var version = a.UInt(0) >> 16;
        SyscallArguments pass = default;
        (pass[0], pass[1], pass[2], pass[3]) = (a[1], a[2], a[3], a[5]);
        switch (a.Int(0) & 0xFFFF)
        {
            case 1:
                (pass[1], pass[2]) = (a[4], a[2]);
                return SyscallDispatcher.Call(thread, request with { Syscall = Syscall.Semop, Arguments = pass });
            case 2: return SyscallDispatcher.Call(thread, request with { Syscall = Syscall.Semget, Arguments = pass });
            case 3:
                return a[4] == 0 ? -Errno.EINVAL
                    : memory.TryRead(a[4], out uint argument) ? ControlSemaphores(thread, a.Int(1), a.Int(2), a.Int(3) & ~NewVersion, argument)
                    : -Errno.EFAULT;
            case 4:
                (pass[1], pass[2]) = (a[4], a[2]);
                return SyscallDispatcher.Call(thread, request with { Syscall = Syscall.Semtimedop, Arguments = pass });
            case 11: return Send(thread, a.Int(1), a[4], a.UInt(2), a.Int(3));
            case 12 when version != 0: return Receive(thread, a.Int(1), a[4], a.UInt(2), a.Int(5), a.Int(3));
            case 12:
                return a[4] == 0 ? -Errno.EINVAL
                    : I386Calls.ReadWords(thread, a[4], 2, out var words) ? Receive(thread, a.Int(1), words[0], a.UInt(2), words.Int(1), a.Int(3))
                    : -Errno.EFAULT;
            case 13: return SyscallDispatcher.Call(thread, request with { Syscall = Syscall.Msgget, Arguments = pass });
            case 14: return Control(thread, Syscall.Msgctl, a.Int(1), a.Int(2) & ~NewVersion, a[4]);
            case 21:
                if (version == 1)
                {
                    return -Errno.EINVAL;
                }

                var place = SharedMemoryCalls.Attach(thread, a.Int(1), a[4], a.Int(2));
                return place is < 0 and > -4096 ? place : memory.TryWrite(a[3], (uint)place) ? 0 : -Errno.EFAULT;
            case 22: return SharedMemoryCalls.Detach(thread, a[4]);
            case 23: return SyscallDispatcher.Call(thread, request with { Syscall = Syscall.Shmget, Arguments = pass });
            case 24: return Control(thread, Syscall.Shmctl, a.Int(1), a.Int(2) & ~NewVersion, a[4]);
            default: return SyscallDispatcher.Missing(thread, request);
        }
    }

    /// <summary>shmctl(2) and msgctl(2).</summary>
    public static long Control(LinuxThread thread, Syscall syscall, int id, int command, ulong address)
    {
        var isQueue = syscall == Syscall.Msgctl;
        switch (command)
        {
            case Remove:
            case MemoryLock or MemoryUnlock when !isQueue:
                return HostCall.Invoke(syscall, id, command, 0);
            case Set or Status:
            case SegmentStatus or AnySegmentStatus when !isQueue:
            case QueueStatus or AnyQueueStatus when isQueue:
                return Describe(thread, syscall, isQueue ? I386IpcStructure.Queue : I386IpcStructure.Segment, id, 0, command, address);
            case Info when !isQueue: return Describe(thread, syscall, I386IpcStructure.SegmentLimits, id, 0, command, address);
            case SegmentInfo when !isQueue: return Describe(thread, syscall, I386IpcStructure.SegmentUse, id, 0, command, address);
            case Info or QueueInfo when isQueue: return Limits(thread, syscall, id, 0, command, address, QueueLimitsSize);
            default: return -Errno.EINVAL;
        }
    }

    /// <summary>semctl(2). The last argument is a union: a number, an array or a structure.</summary>
    public static long ControlSemaphores(LinuxThread thread, int id, int number, int command, uint argument)
    {
        switch (command)
        {
            case Set or Status or SemaphoreStatus or AnySemaphoreStatus:
                return Describe(thread, Syscall.Semctl, I386IpcStructure.Semaphores, id, number, command, argument);
            case Info or SemaphoreInfo: return Limits(thread, Syscall.Semctl, id, number, command, argument, LimitsSize);
            case GetAll: return IpcCalls.GetValues(thread, id, number, argument);
            case SetAll:
                // Shorts are alike everywhere.
                return HostCall.Invoke(Syscall.Semctl, id, number, command, thread.Process.Memory.ToHost(argument));
            default: return HostCall.Invoke(Syscall.Semctl, id, number, command, (int)argument);
        }
    }

    /// <summary>msgsnd(2): a message begins with its type, a word.</summary>
    public static long Send(LinuxThread thread, int queue, ulong address, uint length, int flags)
    {
        if (length > LongestMessage)
        {
            return -Errno.EINVAL;
        }

        var memory = thread.Process.Memory;
        if (!memory.TryRead(address, out int type))
        {
            return -Errno.EFAULT;
        }

        using var message = new Message(length);
        *(long*)message.Start = type;
        return memory.TryRead(address + sizeof(int), message.Text) ? thread.Block(Syscall.Msgsnd, queue, message.Start, (nint)length, flags) : -Errno.EFAULT;
    }

    /// <summary>msgrcv(2).</summary>
    public static long Receive(LinuxThread thread, int queue, ulong address, uint length, int type, int flags)
    {
        if (length > LongestMessage)
        {
            return -Errno.EINVAL;
        }

        using var message = new Message(length);
        var result = thread.Block(Syscall.Msgrcv, queue, message.Start, (nint)length, type, flags);
        var memory = thread.Process.Memory;
        return result < 0 ? result
            : memory.TryWrite(address, (int)*(long*)message.Start) && memory.TryWrite(address + sizeof(int), message.Text[..(int)result]) ? result
            : -Errno.EFAULT;
    }

    private static long Describe(LinuxThread thread, Syscall syscall, I386IpcStructure structure, int id, int number, int command, ulong address)
    {
        var memory = thread.Process.Memory;
        Span<byte> guest = stackalloc byte[structure.GuestSize], host = stackalloc byte[structure.HostSize];
        if (command == Set && !memory.TryRead(address, guest))
        {
            return -Errno.EFAULT;
        }

        structure.ToHost(guest, host);
        var result = Invoke(syscall, id, number, command, host);
        if (result < 0 || command == Set)
        {
            return result;
        }

        structure.ToGuest(host, guest);
        return memory.TryWrite(address, guest) ? result : -Errno.EFAULT;
    }

    private static long Limits(LinuxThread thread, Syscall syscall, int id, int number, int command, ulong address, int size)
    {
        Span<byte> limits = stackalloc byte[size];
        limits.Clear();
        var result = Invoke(syscall, id, number, command, limits);
        return result < 0 || thread.Process.Memory.TryWrite(address, limits) ? result : -Errno.EFAULT;
    }

    private static long Invoke(Syscall syscall, int id, int number, int command, Span<byte> structure)
    {
        fixed (byte* buffer = structure)
        {
            return syscall == Syscall.Semctl
                ? HostCall.Invoke(syscall, id, number, command, (nint)buffer)
                : HostCall.Invoke(syscall, id, command, (nint)buffer);
        }
    }

    /// <summary>A message as the host has it: a type of eight bytes, and the text.</summary>
    private readonly ref struct Message(uint length)
    {
        private readonly void* _start = NativeMemory.AllocZeroed(length + sizeof(long));

        public nint Start => (nint)_start;

        public Span<byte> Text => new((byte*)_start + sizeof(long), (int)length);

        public void Dispose() => NativeMemory.Free(_start);
    }
}
