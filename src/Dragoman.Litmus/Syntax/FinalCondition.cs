namespace Dragoman.Litmus.Syntax;

/// <summary>What a test asks: whether some, all or no outcome satisfies a proposition.</summary>
public sealed record FinalCondition(Quantifier Quantifier, Proposition Proposition)
{
    /// <inheritdoc/>
    public override string ToString() => Quantifier switch
    {
        Quantifier.Exists => $"exists {Proposition}",
        Quantifier.NotExists => $"~exists {Proposition}",
        _ => $"forall {Proposition}",
    };
}

/// <summary>How a condition quantifies over outcomes.</summary>
public enum Quantifier
{
    /// <summary><c>exists</c>.</summary>
    Exists,

    /// <summary><c>~exists</c>.</summary>
    NotExists,

    /// <summary><c>forall</c>.</summary>
    Forall,
}

/// <summary>A proposition over final values.</summary>
public abstract record Proposition
{
    /// <summary>Whether it holds of an outcome, whose values are in the order of <see cref="LitmusTest.Observed"/>.</summary>
    public abstract bool Holds(IReadOnlyList<UInt128> outcome);
}

/// <summary><c>true</c>.</summary>
public sealed record Always : Proposition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<UInt128> outcome) => true;

    /// <inheritdoc/>
    public override string ToString() => "true";
}

/// <summary>An observable has a value.</summary>
/// <param name="Index">Which, in <see cref="LitmusTest.Observed"/>.</param>
/// <param name="Text">The observable as the test writes it.</param>
/// <param name="Value">The value.</param>
/// <param name="ValueText">The value as the test writes it.</param>
public sealed record HasValue(int Index, string Text, UInt128 Value, string ValueText) : Proposition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<UInt128> outcome) => outcome[Index] == Value;

    /// <inheritdoc/>
    public override string ToString() => $"{Text}={ValueText}";
}

/// <summary><c>~p</c>.</summary>
public sealed record Not(Proposition Inner) : Proposition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<UInt128> outcome) => !Inner.Holds(outcome);

    /// <inheritdoc/>
    public override string ToString() => $"~{Inner}";
}

/// <summary><c>p /\ q</c>.</summary>
public sealed record And(Proposition Left, Proposition Right) : Proposition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<UInt128> outcome) => Left.Holds(outcome) && Right.Holds(outcome);

    /// <inheritdoc/>
    public override string ToString() => $"({Left} /\\ {Right})";
}

/// <summary><c>p \/ q</c>.</summary>
public sealed record Or(Proposition Left, Proposition Right) : Proposition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<UInt128> outcome) => Left.Holds(outcome) || Right.Holds(outcome);

    /// <inheritdoc/>
    public override string ToString() => $"({Left} \\/ {Right})";
}
