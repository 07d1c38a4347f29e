namespace Dragoman.Litmus.Syntax;

/// <summary>
/// The address that a location has in models and outcomes. When a test runs, locations lie elsewhere at each iteration, and addresses that
/// registers end with are translated to these.
/// </summary>
public static class CanonicalAddress
{
    /// <summary>Bytes from one location to the next; a location and what is accessed around it lie within.</summary>
    public const ulong Stride = 0x4000;

    private const ulong First = 0x1_0000_0000;

    /// <summary>The address of location <paramref name="index"/>.</summary>
    public static ulong Of(int index) => First + ((ulong)index * Stride);

    /// <summary>The location in whose stride an address lies, or -1.</summary>
    public static int LocationOf(ulong address, int count) =>
        address >= First && (address - First) / Stride < (ulong)count ? (int)((address - First) / Stride) : -1;
}
