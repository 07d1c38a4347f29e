using System.Buffers.Binary;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// The control messages of sendmsg and recvmsg (struct cmsghdr, a length of a word, a level, a type, then data, each aligned to a word): between the
/// guest's layout and numbers and the host's. Descriptors that a message carries are renumbered.
/// </summary>
/// <param name="thread">The calling thread.</param>
internal readonly struct ControlMessages(LinuxThread thread)
{
    private const int SocketLevel = 1, Rights = 1, HostWord = 8;

    /// <summary>Reads the guest's messages as the host's; null when a descriptor is not open.</summary>
    public byte[]? ToHost(ReadOnlySpan<byte> guest)
    {
        var files = thread.Process.Files;
        return Convert(guest, GuestWordSize, HostWord, thread.Process.Abi.Numbers.SocketLevel, SocketLevel, files.ToHost);
    }

    /// <summary>Makes the guest's messages of those that the host has received.</summary>
    public byte[] ToGuest(ReadOnlySpan<byte> host)
    {
        var files = thread.Process.Files;
        return Convert(host, HostWord, GuestWordSize, SocketLevel, thread.Process.Abi.Numbers.SocketLevel, descriptor => (int)files.Add(descriptor)) ?? [];
    }

    /// <summary>
    /// Bytes of the host's for messages that fit into as many of the guest's: one header's difference. A second message may find no room then, which
    /// MSG_CTRUNC tells; room for more could take more descriptors than the guest has place for.
    /// </summary>
    public int HostRoom(int guestBytes) => guestBytes == 0 ? 0 : guestBytes + HostWord - GuestWordSize;

    private int GuestWordSize => thread.Process.Abi.Layouts.WordSize;

    private static byte[]? Convert(ReadOnlySpan<byte> from, int fromWord, int toWord, int fromLevel, int toLevel, Func<int, int> map)
    {
        var result = new List<byte>(from.Length);
        int fromHeader = fromWord + 8, toHeader = toWord + 8;
        while (from.Length >= fromHeader)
        {
            var size = fromWord == HostWord ? BinaryPrimitives.ReadUInt64LittleEndian(from) : BinaryPrimitives.ReadUInt32LittleEndian(from);
            if (size < (ulong)fromHeader || size > (ulong)from.Length)
            {
                // The host's kernel refuses it.
                result.AddRange(from);
                break;
            }

            var level = BinaryPrimitives.ReadInt32LittleEndian(from[fromWord..]);
            var type = BinaryPrimitives.ReadInt32LittleEndian(from[(fromWord + 4)..]);
            var data = from[fromHeader..(int)size].ToArray();
            if (level == fromLevel && type == Rights && !Renumber(data, map))
            {
                return null;
            }

            var header = new byte[toHeader];
            BinaryPrimitives.WriteInt32LittleEndian(header, toHeader + data.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(toWord), level == fromLevel ? toLevel : level);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(toWord + 4), type);
            result.AddRange(header);
            result.AddRange(data);
            var span = Align((int)size, fromWord);
            if (from.Length < span)
            {
                break;
            }

            result.AddRange(new byte[Align(result.Count, toWord) - result.Count]);
            from = from[span..];
        }

        return [.. result];
    }

    private static bool Renumber(Span<byte> descriptors, Func<int, int> map)
    {
        for (; descriptors.Length >= sizeof(int); descriptors = descriptors[sizeof(int)..])
        {
            var mapped = map(BinaryPrimitives.ReadInt32LittleEndian(descriptors));
            if (mapped < 0)
            {
                return false;
            }

            BinaryPrimitives.WriteInt32LittleEndian(descriptors, mapped);
        }

        return true;
    }

    private static int Align(int size, int word) => (size + word - 1) & -word;
}
