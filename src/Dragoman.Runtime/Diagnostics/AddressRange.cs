namespace Dragoman.Runtime.Diagnostics;

/// <summary>Guest addresses from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct AddressRange(ulong First, ulong Last)
{
    /// <summary>True when <paramref name="address"/> is in the range.</summary>
    public bool Contains(ulong address) => address >= First && address <= Last;
}
