namespace Dragoman.Linux.Abi;

/// <summary>ioctl request numbers of a guest whose encoding or terminal requests are not the host's.</summary>
/// <param name="plain">Requests with numbers of their own, as pairs of guest and host.</param>
public sealed class IoctlMap(params (uint Guest, uint Host)[] plain)
{
    private const int SizeMask = 0x1FFF;

    private readonly Dictionary<uint, uint> _plain = plain.ToDictionary(pair => pair.Guest, pair => pair.Host);

    /// <summary>
    /// The host's number. The guest's encoding has three bits of direction, none, read and write (1, 2, 4), above 13 of size, where the
    /// host's has two, write and read (1, 2), above 14 (asm/ioctl.h of Alpha, MIPS, PowerPC and SPARC against asm-generic's).
    /// </summary>
    public uint ToHost(uint guest)
    {
        if (_plain.TryGetValue(guest, out var host))
        {
            return host;
        }

        var direction = guest >> 29;
        return ((direction >> 2) & 1) << 30 | ((direction >> 1) & 1) << 31 | (((guest >> 16) & SizeMask) << 16) | (guest & 0xFFFF);
    }
}
