using Dragoman.Isa.Binding;
using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Conformance.Tests.Descriptions;

/// <summary>The encodings of a guest's description, read from its text as the generator reads it. Immutable.</summary>
public sealed class Description
{
    private Description(IReadOnlyList<InstructionEncoding> encodings) => Encodings = encodings;

    /// <summary>The description of A64.</summary>
    public static Description AArch64 { get; } = Load("aarch64");

    /// <summary>The description of Alpha.</summary>
    public static Description Alpha { get; } = Load("alpha");

    /// <summary>One per <c>insn</c>.</summary>
    public IReadOnlyList<InstructionEncoding> Encodings { get; }

    private static Description Load(string guest)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "isa", guest);
        var diagnostics = new DiagnosticBag();
        Item[] all = [.. Directory.GetFiles(folder, "*.isa").Order(StringComparer.Ordinal)
            .SelectMany(path => Parser.Parse(path, File.ReadAllText(path), diagnostics).Items)];
        var items = OperandFormExpander.Expand(all, diagnostics).OfType<InstructionItem>();
        return new Description([.. items.Select(item => InstructionEncoding.Create(item, 32, diagnostics)).OfType<InstructionEncoding>()]);
    }
}
