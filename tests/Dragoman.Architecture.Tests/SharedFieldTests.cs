using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// A field that is read or written by <c>Volatile</c> or <c>Interlocked</c>, or declared volatile, is one that threads share: its comment, or the one above the block of fields that it
/// stands in, or its type's, names the protocol.
/// </summary>
public sealed partial class SharedFieldTests
{
    [Fact]
    public void Every_shared_field_names_its_protocol()
    {
        FieldDeclarationSyntax[] shared = Shared([.. Repository.Sources("src").Select(f => Parse(File.ReadAllText(f), Path.GetRelativePath(Repository.Root, f)))]);
        Assert.True(shared.Length > 50, $"only {shared.Length} shared fields were found");
        string[] silent = [.. shared.Where(f => !NamesProtocol(f)).Select(Place).Order(StringComparer.Ordinal)];
        Assert.True(silent.Length == 0, "no protocol (lock, owner, single writer, publish order) is named for\n" + string.Join("\n", silent));
    }

    [Theory]
    [InlineData("int _x; void F() => Volatile.Write(ref _x, 1);", false)]
    [InlineData("/* counts */ int _x; void F() => Interlocked.Increment(ref _x);", false)]
    [InlineData("volatile int _x;", false)]
    [InlineData("int _x; static void F(C c) { var d = c; Interlocked.Increment(ref d._x); }", false)]
    [InlineData("// Guarded by the gate.\n int _x; void F() => Interlocked.Increment(ref this._x);", true)]
    [InlineData("// Under the lock, both.\n int _w;\n int[] _x; void F() => Volatile.Read(ref _x[3]);", true)]
    [InlineData("// Under the lock.\n int _w;\n\n int _x; void F() => Volatile.Read(ref _x);", false)]
    [InlineData("int _x; void F() { int x = _x; Volatile.Read(ref x); }", null)]
    public void A_field_without_a_protocol_is_found(string members, bool? isRight) =>
        Assert.Equal(isRight, Shared([Parse($"/// <summary>What is shared.</summary>\nclass C\n{{\n{members}\n}}", "test.cs")]).Select(f => (bool?)NamesProtocol(f)).SingleOrDefault());

    private static SyntaxTree Parse(string text, string file) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), file);

    // What generators add is not there, and nothing that names a field needs it.
    private static FieldDeclarationSyntax[] Shared(IReadOnlyList<SyntaxTree> trees)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "all",
            [.. trees, Parse("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;", "usings.cs")],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(a => MetadataReference.CreateFromFile(a)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        HashSet<FieldDeclarationSyntax> shared = [];
        foreach (SyntaxTree tree in trees)
        {
            SemanticModel? model = null;
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                if (node is FieldDeclarationSyntax declared && declared.Modifiers.Any(SyntaxKind.VolatileKeyword))
                {
                    shared.Add(declared);
                }

                if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } access && Atomic().IsMatch(call.Expression.ToString()))
                {
                    model ??= compilation.GetSemanticModel(tree);
                    foreach (ExpressionSyntax place in access.ArgumentList.Arguments.Where(a => a.RefKindKeyword.IsKind(SyntaxKind.RefKeyword)).Select(a => Named(a.Expression)))
                    {
                        if (model.GetSymbolInfo(place).Symbol is IFieldSymbol { DeclaringSyntaxReferences: [var reference, ..] })
                        {
                            shared.Add(reference.GetSyntax().FirstAncestorOrSelf<FieldDeclarationSyntax>()!);
                        }
                    }
                }
            }
        }

        return [.. shared];
    }

    private static ExpressionSyntax Named(ExpressionSyntax place) => place is ElementAccessExpressionSyntax element ? Named(element.Expression) : place;

    // Its own comment, that of a field above it with no empty line between, or its type's documentation.
    private static bool NamesProtocol(FieldDeclarationSyntax field)
    {
        if (field.Ancestors().OfType<TypeDeclarationSyntax>().Any(t => Protocol().IsMatch(t.GetLeadingTrivia().ToFullString())))
        {
            return true;
        }

        var members = ((TypeDeclarationSyntax)field.Parent!).Members;
        for (int i = members.IndexOf(field); i >= 0 && members[i] is FieldDeclarationSyntax above; i--)
        {
            if (above.GetLeadingTrivia().Concat(above.GetTrailingTrivia()).Any(t => Protocol().IsMatch(t.ToFullString())))
            {
                return true;
            }

            if (above.GetLeadingTrivia().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia) || t.IsKind(SyntaxKind.EndOfLineTrivia)).Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)))
            {
                return false;
            }
        }

        return false;
    }

    private static string Place(FieldDeclarationSyntax field) => $"{field.SyntaxTree.FilePath}:{field.GetLocation().GetLineSpan().StartLinePosition.Line + 1} {field.Declaration}";

    [GeneratedRegex(@"^(System\.Threading\.)?(Volatile|Interlocked)$")]
    private static partial Regex Atomic();

    [GeneratedRegex(@"\b(lock|gate|guarded|SyncRoot|owner|interlocked|volatile|fence|publish\w*|any thread|other threads|its thread|own thread|atomic\w*|written|writes|only ever)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Protocol();
}
