using System.Diagnostics;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>
/// The host's counter as guests read it. In lockstep the first engine's readings are kept for the others, so that a guest that reads a clock does
/// not differ by itself. One tape a thread; a thread runs one vCPU.
/// </summary>
internal sealed class ClockTape
{
    [ThreadStatic]
    private static ClockTape? t_current;

    private readonly List<ulong> _readings = [];
    private int _next;

    /// <summary>The calling thread's tape, which begins with the first use.</summary>
    public static ClockTape Current => t_current ??= new ClockTape();

    /// <summary>The counter: the next reading on the tape, or a new one.</summary>
    public static ulong Read() => t_current is { } tape ? tape.ReadNext() : (ulong)Stopwatch.GetTimestamp();

    /// <summary>Forgets all readings: before the first engine.</summary>
    public void Clear()
    {
        _readings.Clear();
        _next = 0;
    }

    /// <summary>Starts again with the first reading: before each other engine.</summary>
    public void Rewind() => _next = 0;

    private ulong ReadNext()
    {
        if (_next == _readings.Count)
        {
            _readings.Add((ulong)Stopwatch.GetTimestamp());
        }

        return _readings[_next++];
    }
}
