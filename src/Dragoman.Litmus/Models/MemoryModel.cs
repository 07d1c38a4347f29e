using System.Reflection;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Models;

/// <summary>
/// An axiomatic memory model, read from one of the <c>.cat</c> files of this folder: which candidate executions a machine may show. Belongs to one thread.
/// </summary>
public sealed class MemoryModel
{
    private readonly IReadOnlyList<CatAxiom> _axioms;

    private MemoryModel(string title, IReadOnlyList<CatAxiom> axioms)
    {
        Title = title;
        _axioms = axioms;
    }

    /// <summary>The model's title, which names its source.</summary>
    public string Title { get; }

    /// <summary>The model of a guest, by the order that its description declares.</summary>
    public static MemoryModel Of(MemoryOrder order) => Load(order switch
    {
        MemoryOrder.Tso => "x86-tso.cat",
        MemoryOrder.Alpha => "alpha.cat",
        _ => "armv8.cat",
    });

    /// <summary>Reads a model.</summary>
    /// <param name="file">Name of an embedded file: <c>armv8.cat</c>, <c>alpha.cat</c>, <c>x86-tso.cat</c>.</param>
    public static MemoryModel Load(string file) => Parse(file, ReadResource(file));

    /// <summary>Reads a model from its text.</summary>
    /// <exception cref="InvalidOperationException">The text is no model.</exception>
    public static MemoryModel Parse(string name, string text)
    {
        Dictionary<string, CatNode> scope = CandidateExecution.Names();
        CatParser.Parse("stdlib.cat", ReadResource("stdlib.cat"), scope);
        (string title, IReadOnlyList<CatAxiom> axioms) = CatParser.Parse(name, text, scope);
        return new MemoryModel(title, axioms);
    }

    /// <summary>The first axiom that an execution breaks, or null when the model allows it.</summary>
    public string? Broken(CandidateExecution execution)
    {
        foreach (CatAxiom axiom in _axioms)
        {
            if (!axiom.Holds(execution))
            {
                return axiom.Name;
            }
        }

        return null;
    }

    private static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"there is no model {name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
