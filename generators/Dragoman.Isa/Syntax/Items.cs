namespace Dragoman.Isa.Syntax;

/// <summary>A top-level item. <paramref name="Documentation"/> is the text of the <c>///</c> lines before it, or null.</summary>
public abstract record Item(TextSpan Span, Name Name, string? Documentation);

/// <summary>One file.</summary>
public sealed record SourceFile(string Path, IReadOnlyList<Item> Items);

/// <summary><c>isa NAME { .. }</c>.</summary>
public sealed record IsaItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<IsaEntry> Entries) : Item(Span, Name, Documentation);

/// <summary><c>const NAME = e</c>.</summary>
public sealed record ConstItem(TextSpan Span, Name Name, string? Documentation, Expression Value) : Item(Span, Name, Documentation);

/// <summary><c>fn</c> or <c>static fn</c>: exactly one of <paramref name="Value"/> and <paramref name="Body"/> is given.</summary>
public sealed record FunctionItem(
    TextSpan Span, Name Name, string? Documentation, bool IsStatic, IReadOnlyList<Parameter> Parameters, TypeSyntax? Result, Expression? Value, BlockStatement? Body)
    : Item(Span, Name, Documentation);

/// <summary><c>a</c>, <c>a: type</c>, <c>inout a</c>.</summary>
public sealed record Parameter(TextSpan Span, Name Name, TypeSyntax? Type, bool IsInOut);

/// <summary><c>view NAME(params) { get e  set x => s }</c>.</summary>
public sealed record ViewItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<Parameter> Parameters, Accessors Accessors) : Item(Span, Name, Documentation);

/// <summary>How a view or table row is read (<paramref name="Get"/> or <paramref name="GetBody"/>) and written.</summary>
public sealed record Accessors(TextSpan Span, Expression? Get, BlockStatement? GetBody, Name? SetParameter, Statement? Set)
{
    /// <summary>Of a view that is a place in memory: it is loaded and stored there.</summary>
    public Expression? Address { get; init; }

    /// <summary>Accesses there must be naturally aligned.</summary>
    public bool IsAligned { get; init; }

    /// <summary>How an operand that is this view is written.</summary>
    public Expression? Text { get; init; }
}

/// <summary><c>producer NAME(params) of FLAGS { .. }</c>.</summary>
public sealed record ProducerItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<Parameter> Parameters, Name Flags, BlockStatement Body) : Item(Span, Name, Documentation);

/// <summary><c>condition NAME(params) of FLAGS = e</c> and its <c>after</c> forms.</summary>
public sealed record ConditionItem(
    TextSpan Span, Name Name, string? Documentation, IReadOnlyList<Parameter> Parameters, Name Flags, Expression Value, IReadOnlyList<AfterForm> After)
    : Item(Span, Name, Documentation);

/// <summary><c>after producer(params) { arms }</c>: the condition's value when that producer's arguments are known.</summary>
public sealed record AfterForm(TextSpan Span, Name Producer, IReadOnlyList<Parameter> Parameters, IReadOnlyList<MatchArm> Arms);

/// <summary><c>helper type NAME(type a, ..) effects</c>.</summary>
public sealed record HelperItem(TextSpan Span, Name Name, string? Documentation, TypeSyntax Result, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Name> Effects)
    : Item(Span, Name, Documentation);

/// <summary><c>table NAME(key: bits, ..) { rows }</c>.</summary>
public sealed record TableItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<TableKey> Keys, IReadOnlyList<TableRow> Rows) : Item(Span, Name, Documentation);

/// <summary>One part of a table's key.</summary>
public sealed record TableKey(Name Name, int Width);

/// <summary>A row: key values (null for <c>_</c>), register name, access (<c>rw</c>, <c>ro</c>, <c>wo</c>, or a further word), accessors.</summary>
public sealed record TableRow(TextSpan Span, IReadOnlyList<NumberExpression?> Key, Name Name, IReadOnlyList<Name> Access, Accessors? Accessors);

/// <summary><c>cpu "NAME" = A + "BASE" { VALUE = e }</c>: a CPU model, which is a set of features and some numbers of its own.</summary>
public sealed record CpuItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<CpuPart> Parts, IReadOnlyList<CpuValue> Values) : Item(Span, Name, Documentation);

/// <summary>A feature, another model, or the word <c>all</c>.</summary>
public sealed record CpuPart(Name Name, bool IsModel);

/// <summary><c>needs A for B + C</c>: the features B and C are nothing without A.</summary>
public sealed record NeedsItem(TextSpan Span, Name Name, string? Documentation, IReadOnlyList<Name> Dependents) : Item(Span, Name, Documentation);

/// <summary><c>NAME = e</c>.</summary>
public sealed record CpuValue(Name Name, Expression Value);

/// <summary><c>group NAME { before { } after { } }</c>.</summary>
public sealed record GroupItem(TextSpan Span, Name Name, string? Documentation, BlockStatement? Before, BlockStatement? After) : Item(Span, Name, Documentation);
