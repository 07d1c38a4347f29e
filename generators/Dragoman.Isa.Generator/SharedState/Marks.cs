using Microsoft.CodeAnalysis;

namespace Dragoman.Isa.Generator.SharedState;

/// <summary>The attributes by which C# says how its state is shared, by their names.</summary>
internal static class Marks
{
    public const string Shared = "SharedAttribute";
    public const string UnderBigLock = "UnderBigLockAttribute";
    public const string WorkItem = "WorkItemAttribute";
    public const string FlushesTlb = "FlushesTlbAttribute";

    private const string Home = "Dragoman.Runtime";

    /// <summary>Whether a symbol has a mark itself.</summary>
    public static bool Has(ISymbol symbol, string mark) =>
        symbol.OriginalDefinition.GetAttributes().Any(a => a.AttributeClass is { } type && type.Name == mark && type.ContainingNamespace.ToDisplayString().StartsWith(Home, StringComparison.Ordinal))
        || symbol is IMethodSymbol { PartialDefinitionPart: { } definition } && Has(definition, mark);

    /// <summary>Whether a method runs with the big lock held: by its own mark, its property's or its type's, or that of what it implements or overrides.</summary>
    public static bool WantsBigLock(IMethodSymbol method)
    {
        if (method.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor)
        {
            return false;
        }

        return Has(method, UnderBigLock)
            || method.AssociatedSymbol is { } property && Has(property, UnderBigLock)
            || method.ContainingType is { } type && (!method.IsStatic && IsMarked(type) || Implemented(method, type).Any(m => WantsBigLock(m)))
            || method.OverriddenMethod is { } overridden && WantsBigLock(overridden);
    }

    /// <summary>Whether all members of a type do, since it, one around it or one that it derives from is marked.</summary>
    public static bool IsMarked(INamedTypeSymbol type) =>
        Has(type, UnderBigLock) || type.ContainingType is { } outer && IsMarked(outer) || type.BaseType is { } parent && IsMarked(parent);

    private static IEnumerable<IMethodSymbol> Implemented(IMethodSymbol method, INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface ? []
        : type.AllInterfaces.SelectMany(i => i.GetMembers().OfType<IMethodSymbol>()).Where(m => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(m), method));
}
