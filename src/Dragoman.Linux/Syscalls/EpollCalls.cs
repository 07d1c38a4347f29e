using System.Buffers.Binary;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>epoll: struct epoll_event is packed on an x86-64 host (4 and 8 bytes) and not on most guests.</summary>
internal static unsafe class EpollCalls
{
    private const int HostEventSize = 12;
    private const int MaximumEvents = 4096;

    public static long Control(LinuxThread thread, int epoll, int operation, int descriptor, ulong address)
    {
        var files = thread.Process.Files;
        var hostEpoll = files.ToHost(epoll);
        var host = files.ToHost(descriptor);
        if (hostEpoll < 0 || host < 0)
        {
            return -Errno.EBADF;
        }

        var native = stackalloc byte[HostEventSize];
        const int Delete = 2;
        if (operation != Delete)
        {
            var layout = thread.Process.Abi.Layouts.EpollEvent;
            Span<byte> guest = stackalloc byte[layout.Size];
            if (!thread.Process.Memory.TryRead(address, guest))
            {
                return -Errno.EFAULT;
            }

            var target = new Span<byte>(native, HostEventSize);
            BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)layout.Events.Read(guest));
            BinaryPrimitives.WriteUInt64LittleEndian(target[4..], layout.Data.Read(guest));
        }

        return HostCall.Invoke(Syscall.EpollCtl, hostEpoll, operation, host, (nint)native);
    }

    public static long Wait(LinuxThread thread, int epoll, ulong events, int maximum, int milliseconds, ulong mask, ulong maskSize) =>
        WaitUntil(thread, epoll, events, maximum, new Deadline(milliseconds < 0 ? null : milliseconds * 1_000_000L), mask, maskSize);

    public static long Wait2(LinuxThread thread, int epoll, ulong events, int maximum, ulong timeAddress, ulong mask, ulong maskSize)
    {
        long? wait = null;
        if (timeAddress != 0)
        {
            if (TimeCalls.ReadTime(thread, timeAddress, out var seconds, out var nanoseconds) is < 0 and var error)
            {
                return error;
            }

            wait = TimeCalls.ToNanoseconds(seconds, nanoseconds);
        }

        return WaitUntil(thread, epoll, events, maximum, new Deadline(wait), mask, maskSize);
    }

    private static long WaitUntil(LinuxThread thread, int epoll, ulong events, int maximum, in Deadline deadline, ulong mask, ulong maskSize)
    {
        var layout = thread.Process.Abi.Layouts.EpollEvent;
        if (maximum <= 0 || maximum > int.MaxValue / layout.Size)
        {
            return -Errno.EINVAL;
        }

        var host = thread.Process.Files.ToHost(epoll);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (PollCalls.SwapMask(thread, mask, maskSize) is < 0 and var error)
        {
            return error;
        }

        var native = new byte[HostEventSize * Math.Min(maximum, MaximumEvents)];
        var result = WaitHost(thread, host, native, deadline);
        if (result > 0)
        {
            var guest = new byte[result * layout.Size];
            for (var i = 0; i < result; i++)
            {
                var from = native.AsSpan(i * HostEventSize);
                var to = guest.AsSpan(i * layout.Size, layout.Size);
                layout.Events.Write(to, BinaryPrimitives.ReadUInt32LittleEndian(from));
                layout.Data.Write(to, BinaryPrimitives.ReadUInt64LittleEndian(from[4..]));
            }

            result = thread.Process.Memory.TryWrite(events, guest) ? result : -Errno.EFAULT;
        }

        return PollCalls.Finish(thread, result);
    }

    private static long WaitHost(LinuxThread thread, int host, byte[] native, in Deadline deadline)
    {
        fixed (byte* buffer = native)
        {
            while (true)
            {
                // Rounded up: a wait that ends early would make a guest spin.
                var milliseconds = deadline.IsSet ? (nint)Math.Min((deadline.Left + 999_999) / 1_000_000, int.MaxValue) : -1;
                var result = HostCall.Block(
                    thread.Attention, Syscall.EpollPwait, host, (nint)buffer, native.Length / HostEventSize, milliseconds, 0, 8);
                if (result is not (-Errno.EINTR or -Errno.ERESTARTSYS))
                {
                    return result;
                }

                if (thread.HasWork())
                {
                    return -Errno.ERESTARTSYS;
                }
            }
        }
    }
}
