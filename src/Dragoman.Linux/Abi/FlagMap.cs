namespace Dragoman.Linux.Abi;

/// <summary>Bits that a guest numbers otherwise than the host. Bits in no pair are the same on both.</summary>
public sealed class FlagMap
{
    /// <summary>Guest and host agree.</summary>
    public static readonly FlagMap Same = new();

    private readonly (ulong Guest, ulong Host)[] _pairs;
    private readonly ulong _guestBits;
    private readonly ulong _hostBits;

    /// <summary>Creates a map from pairs of one guest bit pattern and one host bit pattern.</summary>
    public FlagMap(params (ulong Guest, ulong Host)[] pairs)
    {
        _pairs = pairs;
        foreach (var (guest, host) in pairs)
        {
            _guestBits |= guest;
            _hostBits |= host;
        }
    }

    /// <summary>The same bits in the host's numbers.</summary>
    public ulong ToHost(ulong guest)
    {
        var result = guest & ~(_guestBits | _hostBits);
        foreach (var pair in _pairs)
        {
            result |= (guest & pair.Guest) == pair.Guest ? pair.Host : 0;
        }

        return result;
    }

    /// <summary>The same bits in the guest's numbers.</summary>
    public ulong ToGuest(ulong host)
    {
        var result = host & ~(_guestBits | _hostBits);
        foreach (var pair in _pairs)
        {
            result |= (host & pair.Host) == pair.Host ? pair.Guest : 0;
        }

        return result;
    }
}
