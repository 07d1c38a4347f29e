using System.Buffers.Binary;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Socket calls with structures: messages, whose control data may carry descriptors.</summary>
internal static unsafe class SocketCalls
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int ErrorOption = 4;
    private const int HostHeaderSize = 56;
    private const int ControlHeaderSize = 16;
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
        return host < 0
            ? -Errno.EBADF
            : MapOption(thread, ref level, ref option)
                ? HostCall.Invoke(Syscall.Setsockopt, host, level, option, thread.Process.Memory.ToHost(value), (nint)length)
                : -Errno.ENOPROTOOPT;
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

        var result = HostCall.Invoke(Syscall.Getsockopt, host, level, option, memory.ToHost(value), memory.ToHost(length));
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

    public static long Message(LinuxThread thread, Syscall syscall, int descriptor, ulong address, int flags)
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

        var vector = stackalloc nint[2 * (int)count];
        if (VectorCalls.Read(thread, layout.Vector.Read(guest), (int)count, vector) is < 0 and var error)
        {
            return error;
        }

        var control = new byte[(int)controlLength];
        var controlAddress = layout.Control.Read(guest);
        var sends = syscall == Syscall.Sendmsg;
        if (sends && control.Length > 0)
        {
            if (!process.Memory.TryRead(controlAddress, control))
            {
                return -Errno.EFAULT;
            }

            if (!MapRights(control, control.Length, process.Abi.Numbers.SocketLevel, SocketLevel, process.Files.ToHost))
            {
                return -Errno.EBADF;
            }
        }

        fixed (byte* controlStart = control)
        {
            var native = stackalloc nint[HostHeaderSize / 8];
            native[0] = process.Memory.ToHost(layout.Name.Read(guest));
            native[1] = (nint)(uint)layout.NameLength.Read(guest);
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

            var received = (int)native[5];
            MapRights(control, received, SocketLevel, process.Abi.Numbers.SocketLevel, descriptorFromHost => (int)process.Files.Add(descriptorFromHost));
            layout.NameLength.Write(guest, (uint)native[1]);
            layout.ControlLength.Write(guest, (ulong)received);
            layout.Flags.Write(guest, (uint)native[6]);
            return process.Memory.TryWrite(controlAddress, control.AsSpan(0, received)) && process.Memory.TryWrite(address, guest)
                ? result
                : -Errno.EFAULT;
        }
    }

    /// <summary>
    /// Renumbers SOL_SOCKET and the descriptors of SCM_RIGHTS messages in place. The layout of control messages is that of a 64-bit guest.
    /// </summary>
    private static bool MapRights(byte[] control, int length, int fromLevel, int toLevel, Func<int, int> map)
    {
        var offset = 0;
        while (offset + ControlHeaderSize <= length)
        {
            var size = BinaryPrimitives.ReadUInt64LittleEndian(control.AsSpan(offset));
            if (size < ControlHeaderSize || size > (ulong)(length - offset))
            {
                return true;
            }

            var level = BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(offset + 8));
            var type = BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(offset + 12));
            if (level == fromLevel)
            {
                BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(offset + 8), toLevel);
            }

            if (level == fromLevel && type == Rights)
            {
                for (var at = offset + ControlHeaderSize; at + 4 <= offset + (int)size; at += 4)
                {
                    var mapped = map(BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(at)));
                    if (mapped < 0)
                    {
                        return false;
                    }

                    BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(at), mapped);
                }
            }

            offset += ((int)size + 7) & ~7;
        }

        return true;
    }
}
