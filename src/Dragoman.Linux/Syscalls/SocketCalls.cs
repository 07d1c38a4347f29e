using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Socket calls with structures: messages, whose control data may carry descriptors.</summary>
internal static unsafe class SocketCalls
{
    private const int SocketLevel = 1;
    private const int ErrorOption = 4, ReceiveTimeout = 20, SendTimeout = 21;
    private const int Filter = 26, PortFilter = 51;
    private const int HostHeaderSize = 56;
    private const int MaximumControl = 65536;

    /// <summary>A socket's type in the host's numbers, with the flags beside it.</summary>
    public static int Type(LinuxThread thread, int guest) => (int)thread.Process.Abi.Numbers.SocketFlags.ToHost((uint)guest);

    /// <summary>send and recv: sendto and recvfrom without an address.</summary>
    public static long Transfer(LinuxThread thread, Syscall syscall, int descriptor, ulong buffer, ulong length, uint flags)
    {
        SyscallArguments arguments = default;
        (arguments[0], arguments[1], arguments[2], arguments[3]) = ((uint)descriptor, buffer, length, flags);
        var full = syscall == Syscall.Send ? Syscall.Sendto : Syscall.Recvfrom;
        return PassThrough.Call(thread, full, SyscallSignatures.Of(full)!, arguments);
    }

    public static long SetOption(LinuxThread thread, int descriptor, int level, int option, ulong value, uint length)
    {
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (!MapOption(thread, ref level, ref option))
        {
            return -Errno.ENOPROTOOPT;
        }

        if (level == SocketLevel && option is ReceiveTimeout or SendTimeout && !WordStructure.IsNative(thread))
        {
            var time = stackalloc long[2];
            return length < thread.Times.Size ? -Errno.EINVAL
                : !WordStructure.TryRead(thread, 'T', value, time) ? -Errno.EFAULT
                : HostCall.Invoke(Syscall.Setsockopt, host, level, option, (nint)time, 2 * sizeof(long));
        }

        return level == SocketLevel && option is Filter or PortFilter
            ? SetFilter(thread, host, option, value, length)
            : HostCall.Invoke(Syscall.Setsockopt, host, level, option, thread.Process.Memory.ToHost(value), (nint)length);
    }

    /// <summary>SO_ATTACH_FILTER and SO_ATTACH_REUSEPORT_CBPF: struct sock_fprog is a count of 16 bits and a pointer.</summary>
    private static long SetFilter(LinuxThread thread, int host, int option, ulong value, uint length)
    {
        var word = thread.Process.Abi.Layouts.WordSize;
        Span<byte> program = stackalloc byte[2 * sizeof(ulong)];
        if (length != 2 * word)
        {
            return -Errno.EINVAL;
        }

        if (!thread.Process.Memory.TryRead(value, program[..(2 * word)]))
        {
            return -Errno.EFAULT;
        }

        var code = word == sizeof(ulong) ? BitConverter.ToUInt64(program[word..]) : BitConverter.ToUInt32(program[word..]);
        var native = stackalloc nint[2];
        native[0] = BitConverter.ToUInt16(program);
        native[1] = thread.Process.Memory.ToHost(code);
        return HostCall.Invoke(Syscall.Setsockopt, host, SocketLevel, option, (nint)native, 2 * sizeof(nint));
    }

    /// <summary>SO_RCVTIMEO and SO_SNDTIMEO of a guest with other words: a timeval.</summary>
    private static long GetTimeout(LinuxThread thread, int host, int option, ulong value, ulong length)
    {
        var memory = thread.Process.Memory;
        if (!memory.TryRead(length, out uint room))
        {
            return -Errno.EFAULT;
        }

        var time = stackalloc long[2];
        var size = 2 * sizeof(long);
        var result = HostCall.Invoke(Syscall.Getsockopt, host, SocketLevel, option, (nint)time, (nint)(&size));
        if (result < 0 || room < thread.Times.Size)
        {
            return result < 0 ? result : -Errno.EINVAL;
        }

        return WordStructure.TryWrite(thread, 'T', value, time) && memory.TryWrite(length, thread.Times.Size) ? 0 : -Errno.EFAULT;
    }

    public static long GetOption(LinuxThread thread, int descriptor, int level, int option, ulong value, ulong length)
    {
        var memory = thread.Process.Memory;
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (!MapOption(thread, ref level, ref option))
        {
            return -Errno.ENOPROTOOPT;
        }

        if (level == SocketLevel && option is ReceiveTimeout or SendTimeout && !WordStructure.IsNative(thread))
        {
            return GetTimeout(thread, host, option, value, length);
        }

        // SO_GET_FILTER counts instructions, of 8 bytes each.
        var unit = level == SocketLevel && option == Filter ? sizeof(ulong) : 1UL;
        ulong? size = memory.TryRead(length, out uint room) ? room * unit : null;
        var (target, end) = (thread.Buffers.ToHost(value, size), thread.Buffers.ToHost(length));
        var result = thread.Buffers.Return(HostCall.Invoke(Syscall.Getsockopt, host, level, option, target, end));
        if (result >= 0 && level == SocketLevel && option == ErrorOption && memory.TryRead(value, out int error))
        {
            memory.TryWrite(value, thread.Process.Abi.Numbers.Errors.ToGuest(error));
        }

        return result;
    }

    private static bool MapOption(LinuxThread thread, ref int level, ref int option)
    {
        var numbers = thread.Process.Abi.Numbers;
        if (level == numbers.SocketLevel)
        {
            (level, option) = (SocketLevel, numbers.SocketOptions.ToHost(option));
            return option >= 0;
        }

        return level != SocketLevel;
    }

    public static long Pair(LinuxThread thread, int domain, int type, int protocol, ulong address)
    {
        var pair = stackalloc int[2];
        var result = HostCall.Invoke(Syscall.Socketpair, domain, type, protocol, (nint)pair);
        return result < 0 ? result : DescriptorCalls.AddPair(thread, pair, address);
    }

    public static long Message(LinuxThread thread, Syscall syscall, int descriptor, ulong address, int flags) =>
        thread.Buffers.Return(CarryMessage(thread, syscall, descriptor, address, flags));

    private static long CarryMessage(LinuxThread thread, Syscall syscall, int descriptor, ulong address, int flags)
    {
        var process = thread.Process;
        var host = process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        var layout = process.Abi.Layouts.MessageHeader;
        Span<byte> guest = stackalloc byte[layout.Size];
        if (!process.Memory.TryRead(address, guest))
        {
            return -Errno.EFAULT;
        }

        var count = layout.VectorCount.Read(guest);
        var controlLength = layout.ControlLength.Read(guest);
        if (count > VectorCalls.Maximum)
        {
            return -Errno.EMSGSIZE;
        }

        if (controlLength > MaximumControl)
        {
            return -Errno.ENOBUFS;
        }

        var sends = syscall == Syscall.Sendmsg;
        var vector = stackalloc nint[2 * (int)count];
        if (VectorCalls.Read(thread, layout.Vector.Read(guest), (int)count, vector, isWritten: !sends) is < 0 and var error)
        {
            return error;
        }

        var messages = new ControlMessages(thread);
        var controlAddress = layout.Control.Read(guest);
        var control = new byte[sends ? (int)controlLength : messages.HostRoom((int)controlLength)];
        if (sends && control.Length > 0)
        {
            if (!process.Memory.TryRead(controlAddress, control))
            {
                return -Errno.EFAULT;
            }

            if (messages.ToHost(control) is not { } converted)
            {
                return -Errno.EBADF;
            }

            control = converted;
        }

        fixed (byte* controlStart = control)
        {
            var native = stackalloc nint[HostHeaderSize / 8];
            var (name, nameLength) = (layout.Name.Read(guest), (uint)layout.NameLength.Read(guest));
            native[0] = sends ? process.Memory.ToHost(name) : thread.Buffers.ToHost(name, nameLength);
            native[1] = (nint)nameLength;
            native[2] = (nint)vector;
            native[3] = (nint)count;
            native[4] = controlAddress == 0 ? 0 : (nint)controlStart;
            native[5] = control.Length;
            native[6] = 0;
            var result = thread.Block(syscall, host, (nint)native, flags);
            if (result < 0 || sends)
            {
                return result;
            }

            var received = messages.ToGuest(control.AsSpan(0, (int)native[5]));
            layout.NameLength.Write(guest, (uint)native[1]);
            layout.ControlLength.Write(guest, (ulong)received.Length);
            layout.Flags.Write(guest, (uint)native[6]);
            return process.Memory.TryWrite(controlAddress, received) && process.Memory.TryWrite(address, guest) ? result : -Errno.EFAULT;
        }
    }
}
