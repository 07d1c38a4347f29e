namespace Dragoman.Tcg.Il;

/// <summary>A set of guest registers, by index. Holds up to 128.</summary>
/// <remarks>Two words, not one <see cref="UInt128"/>: no method that mentions that type is compiled ahead of time, nor any that calls it.</remarks>
internal struct GlobalSet : IEquatable<GlobalSet>
{
    /// <summary>Globals that a guest may have.</summary>
    public const int Capacity = 128;

    private ulong _low;
    private ulong _high;

    public readonly bool IsEmpty => (_low | _high) == 0;

    public readonly bool Contains(int index) => ((index < 64 ? _low : _high) >> (index & 63) & 1) != 0;

    public void Add(int index)
    {
        if (index < 64)
        {
            _low |= 1UL << index;
        }
        else
        {
            _high |= 1UL << (index & 63);
        }
    }

    public void Remove(int index)
    {
        if (index < 64)
        {
            _low &= ~(1UL << index);
        }
        else
        {
            _high &= ~(1UL << (index & 63));
        }
    }

    public void Clear() => this = default;

    public static GlobalSet operator |(GlobalSet left, GlobalSet right) => new() { _low = left._low | right._low, _high = left._high | right._high };

    public static GlobalSet operator &(GlobalSet left, GlobalSet right) => new() { _low = left._low & right._low, _high = left._high & right._high };

    /// <summary>What is in the one and not in the other.</summary>
    public static GlobalSet operator -(GlobalSet left, GlobalSet right) => new() { _low = left._low & ~right._low, _high = left._high & ~right._high };

    public readonly bool Equals(GlobalSet other) => _low == other._low && _high == other._high;

    public override readonly bool Equals(object? obj) => obj is GlobalSet other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_low, _high);
}
