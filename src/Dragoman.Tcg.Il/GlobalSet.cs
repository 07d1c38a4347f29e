namespace Dragoman.Tcg.Il;

/// <summary>A set of guest registers, by index. Holds up to 128.</summary>
internal struct GlobalSet : IEquatable<GlobalSet>
{
    /// <summary>Globals that a guest may have.</summary>
    public const int Capacity = 128;

    private UInt128 _bits;

    public readonly bool IsEmpty => _bits == UInt128.Zero;

    public readonly bool Contains(int index) => ((ulong)(_bits >> index) & 1) != 0;

    public void Add(int index) => _bits |= UInt128.One << index;

    public void Clear() => _bits = UInt128.Zero;

    public static GlobalSet operator |(GlobalSet left, GlobalSet right) => new() { _bits = left._bits | right._bits };

    public static GlobalSet operator &(GlobalSet left, GlobalSet right) => new() { _bits = left._bits & right._bits };

    public readonly bool Equals(GlobalSet other) => _bits == other._bits;

    public override readonly bool Equals(object? obj) => obj is GlobalSet other && Equals(other);

    public override readonly int GetHashCode() => _bits.GetHashCode();
}
