using System.Diagnostics;
using System.Security.Cryptography;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>
/// What guests read of the host that is different each time: its counter, and random numbers. In lockstep the first engine's readings are kept for the
/// others, so that a guest that reads a clock does not differ by itself. One tape a thread; a thread runs one vCPU.
/// </summary>
internal sealed class HostTape
{
    [ThreadStatic]
    private static HostTape? t_current;

    private readonly List<ulong> _readings = [];
    private int _next;

    /// <summary>The calling thread's tape, which begins with the first use.</summary>
    public static HostTape Current => t_current ??= new HostTape();

    /// <summary>The counter: the next reading on the tape, or a new one.</summary>
    public static ulong ReadCounter() => t_current is { } tape ? tape.ReadNext(Counter) : Counter();

    /// <summary>64 random bits: the next reading on the tape, or new ones.</summary>
    public static ulong ReadRandom() => t_current is { } tape ? tape.ReadNext(Random) : Random();

    /// <summary>Forgets all readings: before the first engine.</summary>
    public void Clear()
    {
        _readings.Clear();
        _next = 0;
    }

    /// <summary>Starts again with the first reading: before each other engine.</summary>
    public void Rewind() => _next = 0;

    private ulong ReadNext(Func<ulong> read)
    {
        if (_next == _readings.Count)
        {
            _readings.Add(read());
        }

        return _readings[_next++];
    }

    private static ulong Counter() => (ulong)Stopwatch.GetTimestamp();

    private static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
