using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>
/// A <c>fn</c>, view accessor, producer or condition for one combination of build-time arguments and argument types: a C# method of the frontend.
/// Equal calls share it, which keeps instruction methods to a line or two.
/// </summary>
public sealed class BoundFunction(string name, string? documentation, TextSpan span)
{
    public string Name { get; } = name;

    public string? Documentation { get; } = documentation;

    public TextSpan Span { get; } = span;

    /// <summary>Parameters that are not known at build time.</summary>
    public List<LocalSymbol> Parameters { get; } = [];

    public IsaType ResultType { get; set; } = IsaType.Void;

    public BindingTime ResultTime { get; set; } = BindingTime.Translate;

    /// <summary>Null until it is bound (calls of itself are an error).</summary>
    public BoundStatement? Body { get; set; }

    /// <summary>Contains a run-time branch, so that values that live across it need temps of the whole TB.</summary>
    public bool HasLabels { get; set; }

    /// <summary>Has memory verbs, exceptions or helper calls with effects.</summary>
    public bool HasEffects { get; set; }

    /// <summary>Forms of a condition for known producers.</summary>
    public List<BoundAfter> After { get; } = [];
}

/// <summary>A condition after a known producer of a known width.</summary>
public sealed record BoundAfter(string Producer, int Width, IReadOnlyList<LocalSymbol> Operands, BoundExpression Value);

/// <summary>A <c>static fn</c>: a C# method that runs in the translator.</summary>
public sealed class StaticFunction(FunctionItem syntax, IReadOnlyList<LocalSymbol> parameters, IsaType resultType)
{
    public FunctionItem Syntax { get; } = syntax;

    public IReadOnlyList<LocalSymbol> Parameters { get; } = parameters;

    public IsaType ResultType { get; } = resultType;

    public BoundStatement? Body { get; set; }

    /// <summary>It reads fields of the instruction, itself or through others, and so takes the instruction.</summary>
    public bool UsesInstruction => _usesInstruction ??= FindUse();

    private bool? _usesInstruction;

    private bool FindUse()
    {
        // A function on the way to itself counts as one that does not.
        _usesInstruction = false;
        return Body is not null && BoundTree.AllExpressions(Body).Any(e => e is BoundField || e is BoundStaticCall call && call.Function.UsesInstruction);
    }
}

/// <summary>A C# method that translated code calls.</summary>
public sealed record HelperSymbol(string Name, string? Documentation, IsaType ResultType, IReadOnlyList<(string Name, IsaType Type)> Parameters, IReadOnlyList<string> Effects);

/// <summary>A table with its rows as written; accesses are bound on demand.</summary>
public sealed class TableSymbol(TableItem syntax)
{
    public TableItem Syntax { get; } = syntax;

    /// <summary>Rows bound for an access: <c>read</c>, <c>write</c>.</summary>
    public Dictionary<string, IReadOnlyList<BoundTableRow>> Accesses { get; } = [];
}

/// <summary>A row with its body for one access; <paramref name="Body"/> is null where the row does not allow it.</summary>
public sealed record BoundTableRow(TableRow Syntax, BoundFunction? Body);
