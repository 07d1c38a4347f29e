namespace Dragoman.Linux.Abi;

/// <summary>
/// Numbers of one kind (errors, signals, commands) that a guest gives otherwise than the host. Numbers in no pair are the same on both,
/// unless the other side uses them for something else: those have no counterpart. Immutable; any thread.
/// </summary>
public sealed class NumberMap
{
    /// <summary>What stands for a number without a counterpart: no kind has it.</summary>
    public const int None = -1;

    /// <summary>Guest and host agree.</summary>
    public static readonly NumberMap Same = new();

    private readonly Dictionary<int, int> _toHost = [];
    private readonly Dictionary<int, int> _toGuest = [];

    /// <summary>Creates a map from pairs of a guest's and the host's number.</summary>
    public NumberMap(params ReadOnlySpan<(int Guest, int Host)> pairs)
    {
        foreach (var (guest, host) in pairs)
        {
            _toHost.Add(guest, host);
            _toGuest.Add(host, guest);
        }
    }

    /// <summary>The host's number, or <see cref="None"/>.</summary>
    public int ToHost(int guest) => Find(_toHost, _toGuest, guest);

    /// <summary>The guest's number, or <see cref="None"/>.</summary>
    public int ToGuest(int host) => Find(_toGuest, _toHost, host);

    /// <summary>A set of numbers from 1 to 64, bit n - 1 for number n, in the host's numbers.</summary>
    public ulong SetToHost(ulong guest) => Convert(guest, _toHost);

    /// <summary>The same in the guest's numbers.</summary>
    public ulong SetToGuest(ulong host) => Convert(host, _toGuest);

    private static int Find(Dictionary<int, int> there, Dictionary<int, int> back, int number) =>
        there.TryGetValue(number, out var other) ? other : back.ContainsKey(number) ? None : number;

    private static ulong Convert(ulong set, Dictionary<int, int> there)
    {
        var result = set;
        foreach (var from in there.Keys)
        {
            result &= ~(1UL << (from - 1));
        }

        foreach (var (from, to) in there)
        {
            result |= ((set >> (from - 1)) & 1) << (to - 1);
        }

        return result;
    }
}
