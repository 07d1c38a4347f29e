using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>All items of a description by name, and what is shared by the binding of its bodies.</summary>
internal sealed class IsaSymbols(IsaModel model)
{
    public IsaModel Model { get; } = model;

    public Dictionary<string, ConstItem> Constants { get; } = [];

    public Dictionary<string, FunctionItem> Functions { get; } = [];

    public Dictionary<string, StaticFunction> StaticFunctions { get; } = [];

    public Dictionary<string, ViewItem> Views { get; } = [];

    public Dictionary<string, ProducerItem> Producers { get; } = [];

    public Dictionary<string, ConditionItem> Conditions { get; } = [];

    public Dictionary<string, HelperSymbol> Helpers { get; } = [];

    public Dictionary<string, TableSymbol> Tables { get; } = [];

    public Dictionary<string, GroupItem> Groups { get; } = [];

    /// <summary>Specializations by key.</summary>
    public Dictionary<string, BoundFunction> Specializations { get; } = [];

    /// <summary>Vector forms of functions of one lane, by width and lane; null where there is none.</summary>
    public Dictionary<(BoundFunction Function, int Width, int Lane), BoundFunction?> VectorForms { get; } = [];

    /// <summary>C# method names already taken.</summary>
    public HashSet<string> MethodNames { get; } = [];

    /// <summary>Widths with which each producer is used: a condition has a form for each.</summary>
    public Dictionary<string, SortedSet<int>> ProducerWidths { get; } = [];

    /// <summary>Specialized conditions, whose forms after a known producer are bound once all producers are known.</summary>
    public List<(BoundFunction Function, ConditionItem Item, IReadOnlyList<BoundExpression> Arguments)> PendingConditions { get; } = [];

    public FlagsSymbol? FindFlags(string name) => Model.FlagSets.Find(f => f.Name == name);

    public string TakeMethodName(string name)
    {
        string candidate = name;
        for (int i = 2; !MethodNames.Add(candidate); i++)
        {
            candidate = name + "__" + i;
        }

        return candidate;
    }
}
