using System.Buffers.Binary;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Socket calls with structures: messages, whose control data may carry descriptors.</summary>
internal static unsafe class SocketCalls
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int HostHeaderSize = 56;
    private const int ControlHeaderSize = 16;
    private const int MaximumControl = 65536;

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

            if (!MapRights(control, control.Length, process.Files.ToHost))
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
            MapRights(control, received, descriptorFromHost => (int)process.Files.Add(descriptorFromHost));
            layout.NameLength.Write(guest, (uint)native[1]);
            layout.ControlLength.Write(guest, (ulong)received);
            layout.Flags.Write(guest, (uint)native[6]);
            return process.Memory.TryWrite(controlAddress, control.AsSpan(0, received)) && process.Memory.TryWrite(address, guest)
                ? result
                : -Errno.EFAULT;
        }
    }

    /// <summary>Renumbers the descriptors of SCM_RIGHTS messages in place. The layout of control messages is that of a 64-bit guest.</summary>
    private static bool MapRights(byte[] control, int length, Func<int, int> map)
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
            if (level == SocketLevel && type == Rights)
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
