namespace Dragoman.Tcg.Ir;

/// <summary>
/// The ops of the TB under construction, with their temps and labels. Belongs to one thread; reused from TB to TB.
/// </summary>
public sealed partial class TcgContext
{
    /// <summary>Creates a context for a guest.</summary>
    /// <param name="globals">The guest's registers, the same for every TB.</param>
    /// <param name="pcOffset">Offset in bytes from <c>env</c> of the guest's 64-bit PC.</param>
    public TcgContext(IReadOnlyList<GlobalInfo> globals, int pcOffset)
    {
        Globals = globals;
        PcOffset = pcOffset;
    }

    /// <summary>The guest's registers.</summary>
    public IReadOnlyList<GlobalInfo> Globals { get; }

    /// <summary>Offset in bytes from <c>env</c> of the guest's 64-bit PC.</summary>
    public int PcOffset { get; }
}
