namespace Dragoman.Tcg.Float;

/// <summary>
/// Whether the host's processor has met a denormal operand on this thread since it was asked last. What the host computes of an x86 guest's floating point
/// (<see cref="FloatFast"/>) it does by the same rules, so that its own flag is the guest's, and nothing need look for denormals on the way.
/// </summary>
/// <remarks>
/// .NET neither shows nor uses the flag; an emitted stub moves it. A host that is no x86-64 has none: there denormals are noticed where the exact code computes.
/// Code that looks at values which are no operands of the guest's instruction must do so on their bits.
/// </remarks>
public static unsafe class HostDenormals
{
    // Written once, before guest code runs.
    private static delegate* unmanaged[SuppressGCTransition]<int> s_take;

    /// <summary>Whether there was one; it is forgotten then. Any thread, of itself.</summary>
    public static bool Take() => s_take is not null && s_take() != 0;

    /// <summary>Sets the stub, which returns MXCSR.DE and clears it.</summary>
    public static void Install(nint stub) => s_take = (delegate* unmanaged[SuppressGCTransition]<int>)stub;
}
