using System.Diagnostics;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>sendmmsg(2) and recvmmsg(2): messages one after the other, until one fails or no time is left.</summary>
internal static unsafe class ManyMessageCalls
{
    private const uint Most = 1024;
    private const int WaitForOne = 0x10000, DoNotWait = 0x40;

    public static long Send(LinuxThread thread, int descriptor, ulong address, uint count, int flags) =>
        Each(thread, Syscall.Sendmsg, descriptor, address, count, flags, () => false);

    public static long Receive(LinuxThread thread, int descriptor, ulong address, uint count, int flags, ulong timeout)
    {
        if (timeout == 0)
        {
            return Each(thread, Syscall.Recvmsg, descriptor, address, count, flags, () => false);
        }

        const int NanosecondsPerSecond = 1_000_000_000;
        var time = stackalloc long[2];
        if (!WordStructure.TryRead(thread, 'T', timeout, time))
        {
            return -Errno.EFAULT;
        }

        if (time[0] < 0 || time[1] is < 0 or >= NanosecondsPerSecond)
        {
            return -Errno.EINVAL;
        }

        // Only looked at between messages, as the kernel does it: a message that does not come is waited for.
        var (limit, started) = (new TimeSpan(0, 0, 0, (int)Math.Min(time[0], int.MaxValue)) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick), Stopwatch.GetTimestamp());
        var result = Each(thread, Syscall.Recvmsg, descriptor, address, count, flags, () => Stopwatch.GetElapsedTime(started) >= limit);
        var rest = limit - Stopwatch.GetElapsedTime(started);
        time[0] = Math.Max(0, rest.Ticks) / TimeSpan.TicksPerSecond;
        time[1] = Math.Max(0, rest.Ticks) % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        return result > 0 && !WordStructure.TryWrite(thread, 'T', timeout, time) ? -Errno.EFAULT : result;
    }

    // struct mmsghdr is a message's header and its length, as long as words make it.
    private static long Each(LinuxThread thread, Syscall syscall, int descriptor, ulong address, uint count, int flags, Func<bool> isOver)
    {
        // The descriptor comes first, also where there is no message: the host says what is wrong with it.
        if (HostCall.Invoke(Syscall.Sendmmsg, thread.Process.Files.ToHost(descriptor)) is < 0 and var error)
        {
            return error;
        }

        var layouts = thread.Process.Abi.Layouts;
        var header = layouts.MessageHeader.Size;
        var size = (ulong)(header + layouts.WordSize);
        var result = 0L;
        uint done = 0;
        for (; done < Math.Min(count, Most); done++)
        {
            result = SocketCalls.Message(thread, syscall, descriptor, address + (done * size), flags & ~WaitForOne);
            if (result >= 0 && !thread.Process.Memory.TryWrite(address + (done * size) + (ulong)header, (uint)result))
            {
                result = -Errno.EFAULT;
            }

            if (result < 0)
            {
                break;
            }

            flags |= (flags & WaitForOne) != 0 ? DoNotWait : 0;
            if (isOver())
            {
                done++;
                break;
            }
        }

        return done == 0 ? result : done;
    }
}
