namespace Dragoman.Litmus.Syntax;

/// <summary>Something whose final value an outcome tells: a thread's register, or a location.</summary>
/// <param name="Thread">Number of the thread; -1 for a location.</param>
/// <param name="Name">The manual's name of the register, or the location's.</param>
/// <param name="Text">As the test writes it: <c>0:W0</c>, <c>[x]</c>.</param>
/// <param name="Bytes">How many bytes of it count.</param>
public sealed record Observable(int Thread, string Name, string Text, int Bytes)
{
    /// <summary>True for a location.</summary>
    public bool IsLocation => Thread < 0;
}
