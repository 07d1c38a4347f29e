using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// The calls that i386 has and 64-bit machines have not: offsets in two registers, arguments in memory, and two calls that stand for many.
/// Those with short user ids and masks are in <see cref="I386OldCalls"/>.
/// </summary>
internal static unsafe class I386Calls
{
    private const int OffsetShift = 12;

    public static long Call(LinuxThread thread, I386Segments segments, in SyscallRequest request)
    {
        var a = request.Arguments;
        var memory = thread.Process.Memory;
        switch (request.Syscall)
        {
            case Syscall.Mmap2: return MemoryCalls.Map(thread, a[0], a[1], a.UInt(2), a.UInt(3), a.Int(4), a[5] << OffsetShift);
            case Syscall.OldMmap:
                return ReadWords(thread, a[0], 6, out var map)
                    ? MemoryCalls.Map(thread, map[0], map[1], map.UInt(2), map.UInt(3), map.Int(4), map[5])
                    : -Errno.EFAULT;
            case Syscall.OldSelect:
                return ReadWords(thread, a[0], 5, out var select)
                    ? PollCalls.Select(thread, select.Int(0), select[1], select[2], select[3], select[4], I386Layouts.Table.Timespec)
                    : -Errno.EFAULT;
            case Syscall.Llseek: return LongSeek(thread, a);
            case Syscall.Truncate64: return PassThrough.Call(thread, Syscall.Truncate, "=PL", a);
            case Syscall.Ftruncate64: return PassThrough.Call(thread, Syscall.Ftruncate, "=fL", a);
            case Syscall.Sendfile64: return PassThrough.Call(thread, Syscall.Sendfile, "~ffqn", a);
            case Syscall.Fadvise6464: return PassThrough.Call(thread, Syscall.Fadvise64, "=fLLi", a);
            case Syscall.Fcntl64: return DescriptorCalls.Control(thread, a.Int(0), a.Int(1), a[2]);
            case Syscall.Waitpid: return WaitCalls.Wait(thread, a.Int(0), a[1], a.Int(2), 0, ResourceUsage.Native);
            case Syscall.OldUmount: return PassThrough.Call(thread, Syscall.Umount2, "=p", a);
            case Syscall.OldGetrlimit: return LimitCalls.Limit(thread, 0, a.Int(0), 0, a[1], int.MaxValue);
            case Syscall.SetThreadArea: return segments.Set(thread.Vcpu, memory, a[0], mayChoose: true);
            case Syscall.GetThreadArea: return segments.Get(thread.Vcpu, memory, a[0]);
            case Syscall.Socketcall: return Socket(thread, a.Int(0), a[1], request);
            case Syscall.Ipc: return I386IpcCalls.Call(thread, a, request);
            case Syscall.Shmctl or Syscall.Msgctl: return I386IpcCalls.Control(thread, request.Syscall, a.Int(0), a.Int(1), a[2]);
            case Syscall.Semctl: return I386IpcCalls.ControlSemaphores(thread, a.Int(0), a.Int(1), a.Int(2), a.UInt(3));
            case Syscall.Msgsnd: return I386IpcCalls.Send(thread, a.Int(0), a[1], a.UInt(2), a.Int(3));
            case Syscall.Msgrcv: return I386IpcCalls.Receive(thread, a.Int(0), a[1], a.UInt(2), a.Int(3), a.Int(4));
            case Syscall.Nice: return Nice(a.Int(0));
            case Syscall.Stime: return memory.TryRead(a[0], out int seconds) ? SetTime(seconds) : -Errno.EFAULT;
            default: return I386OldCalls.Call(thread, request);
        }
    }

    private static long LongSeek(LinuxThread thread, in SyscallArguments a)
    {
        var result = NarrowDirectoryCalls.Seek(thread, a.Int(0), (long)(a[1] << 32 | a[2]), a.Int(4));
        return result < 0 ? result : thread.Process.Memory.TryWrite(a[3], result) ? 0 : -Errno.EFAULT;
    }

    /// <summary>socketcall(2): the call's number, and its arguments in memory.</summary>
    private static long Socket(LinuxThread thread, int number, ulong address, in SyscallRequest request)
    {
        // include/uapi/linux/net.h, and how many arguments each has.
        ReadOnlySpan<(Syscall Call, int Count)> calls =
        [
            (Syscall.None, 0), (Syscall.Socket, 3), (Syscall.Bind, 3), (Syscall.Connect, 3), (Syscall.Listen, 2), (Syscall.Accept, 3),
            (Syscall.Getsockname, 3), (Syscall.Getpeername, 3), (Syscall.Socketpair, 4), (Syscall.Send, 4), (Syscall.Recv, 4), (Syscall.Sendto, 6),
            (Syscall.Recvfrom, 6), (Syscall.Shutdown, 2), (Syscall.Setsockopt, 5), (Syscall.Getsockopt, 5), (Syscall.Sendmsg, 3), (Syscall.Recvmsg, 3),
            (Syscall.Accept4, 4), (Syscall.Recvmmsg, 5), (Syscall.Sendmmsg, 4),
        ];
        if (number < 1 || number >= calls.Length)
        {
            return -Errno.EINVAL;
        }

        return ReadWords(thread, address, calls[number].Count, out var arguments)
            ? SyscallDispatcher.Call(thread, request with { Syscall = calls[number].Call, Arguments = arguments })
            : -Errno.EFAULT;
    }

    private static long Nice(int increment)
    {
        const int Offset = 20, Lowest = -20, Highest = 19;
        var now = Offset - (int)HostCall.Invoke(Syscall.Getpriority, 0, 0);
        return HostCall.Invoke(Syscall.Setpriority, 0, 0, Math.Clamp(now + Math.Clamp(increment, -40, 40), Lowest, Highest));
    }

    private static long SetTime(int seconds)
    {
        var time = stackalloc long[2] { seconds, 0 };
        return HostCall.Invoke(Syscall.Settimeofday, (nint)time, 0);
    }

    /// <summary>Arguments that are in memory; false for EFAULT.</summary>
    public static bool ReadWords(LinuxThread thread, ulong address, int count, out SyscallArguments arguments)
    {
        arguments = default;
        Span<uint> words = stackalloc uint[count];
        if (!thread.Process.Memory.TryRead(address, MemoryMarshal.AsBytes(words)))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            arguments[i] = words[i];
        }

        return true;
    }
}
