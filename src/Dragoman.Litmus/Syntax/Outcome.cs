namespace Dragoman.Litmus.Syntax;

/// <summary>The final values of a test's observables, in their order.</summary>
public sealed class Outcome(IReadOnlyList<UInt128> values) : IEquatable<Outcome>, IComparable<Outcome>
{
    /// <summary>The values.</summary>
    public IReadOnlyList<UInt128> Values { get; } = values;

    /// <summary>As litmus7 shows a state: <c>0:X0=1; [x]=2;</c>.</summary>
    public string Text(LitmusTest test) =>
        string.Concat(test.Observed.Select((observable, i) => $"{observable.Text}={ValueText(test, Values[i])}; ")).TrimEnd();

    /// <inheritdoc/>
    public bool Equals(Outcome? other) => other is not null && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Outcome);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public int CompareTo(Outcome? other)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            int order = Values[i].CompareTo(other!.Values[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static string ValueText(LitmusTest test, UInt128 value)
    {
        int location = value <= ulong.MaxValue ? CanonicalAddress.LocationOf((ulong)value, test.Locations.Count) : -1;
        return location >= 0 && CanonicalAddress.Of(location) == value ? test.Locations[location].Name : value.ToString();
    }
}
