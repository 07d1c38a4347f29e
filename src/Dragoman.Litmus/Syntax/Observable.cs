namespace Dragoman.Litmus.Syntax;

/// <summary>Something whose final value an outcome tells: a thread's register, or a location.</summary>
/// <param name="Thread">Number of the thread; -1 for a location.</param>
/// <param name="Name">The manual's name of the register, or the location's.</param>
/// <param name="Text">As the test writes it: <c>0:W0</c>, <c>[x]</c>.</param>
/// <param name="Bytes">How many bytes of it count.</param>
/// <param name="Offset">Of an array: where its element lies.</param>
public sealed record Observable(int Thread, string Name, string Text, int Bytes, int Offset = 0)
{
    /// <summary>Line of the file where it is first named, from 1.</summary>
    public int Line { get; init; }

    /// <summary>Column there, from 1.</summary>
    public int Column { get; init; }

    /// <summary>True for a location.</summary>
    public bool IsLocation => Thread < 0;
}
