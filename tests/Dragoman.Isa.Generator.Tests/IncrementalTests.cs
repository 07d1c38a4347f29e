using Microsoft.CodeAnalysis;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>An edit re-emits what it must and nothing else.</summary>
public sealed class IncrementalTests
{
    private const string Path1 = "/guest/tiny.isa";

    private static readonly string s_tiny = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guests", "tiny.isa"));

    [Fact]
    public void An_edit_of_other_code_leaves_every_step_cached()
    {
        var run = new GeneratorRun("decoder", (Path1, s_tiny));
        run.EditCSharp("class D;");
        Assert.All(run.Reasons(IsaGenerator.Steps.Sources), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(run.Reasons(IsaGenerator.Steps.Compiled), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.All(run.Reasons(IsaGenerator.Steps.Emitted), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.NotEmpty(run.HintNames);
    }

    [Fact]
    public void The_same_text_again_is_not_compiled_again()
    {
        var run = new GeneratorRun("decoder", (Path1, s_tiny));
        run.Edit(Path1, s_tiny);
        Assert.Equal([IncrementalStepRunReason.Unchanged], run.Reasons(IsaGenerator.Steps.Sources));
        Assert.All(run.Reasons(IsaGenerator.Steps.Compiled), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_semantics_emits_the_frontend_of_its_file_and_nothing_else()
    {
        (string first, string second) = Halves();
        var run = new GeneratorRun("decoder,disassembler,frontend", ("/guest/a.isa", first), ("/guest/b.isa", second));
        run.Edit("/guest/b.isa", second.Replace("R[0] == cond", "R[1] == cond", StringComparison.Ordinal));

        IReadOnlyDictionary<string, IncrementalStepRunReason> reasons = run.EmittedReasons();
        Assert.Equal(["Tiny.Frontend.b.g.cs"], reasons.Where(r => r.Value == IncrementalStepRunReason.Modified).Select(r => r.Key));
        Assert.Contains("Tiny.Frontend.a.g.cs", reasons.Keys);
        Assert.All(reasons.Where(r => r.Key != "Tiny.Frontend.b.g.cs"), r => Assert.Contains(r.Value, new[] { IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached }));
    }

    [Fact]
    public void An_edit_of_text_emits_the_disassembler_and_nothing_else()
    {
        var run = new GeneratorRun("decoder,disassembler,frontend", (Path1, s_tiny));
        run.Edit(Path1, s_tiny.Replace("\"nop\"", "\"nope\"", StringComparison.Ordinal));
        Assert.Equal(["Tiny.Disassembler.g.cs"], run.EmittedReasons().Where(r => r.Value == IncrementalStepRunReason.Modified).Select(r => r.Key));
    }

    [Fact]
    public void An_edit_of_a_comment_emits_nothing()
    {
        var run = new GeneratorRun("decoder,disassembler,frontend", (Path1, s_tiny));
        run.Edit(Path1, s_tiny + "// the end\n");
        Assert.Equal([IncrementalStepRunReason.Unchanged], run.Reasons(IsaGenerator.Steps.Compiled));
    }

    [Fact]
    public void An_edit_of_a_pattern_emits_the_decoder_again()
    {
        var run = new GeneratorRun("decoder", (Path1, s_tiny));
        run.Edit(Path1, s_tiny.Replace("insn BR = 0011", "insn BR = 0111", StringComparison.Ordinal));
        Assert.Equal(IncrementalStepRunReason.Modified, run.EmittedReasons()["Tiny.Decoder.g.cs"]);
    }

    [Fact]
    public void An_edit_of_one_guest_leaves_the_other_cached()
    {
        const string Path2 = "/other/other.isa";
        var run = new GeneratorRun("decoder", (Path1, s_tiny), (Path2, s_tiny.Replace("isa Tiny", "isa Other", StringComparison.Ordinal)));
        run.Edit(Path2, s_tiny.Replace("isa Tiny", "isa Other", StringComparison.Ordinal).Replace("insn BR = 0011", "insn BR = 0111", StringComparison.Ordinal));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], run.Reasons(IsaGenerator.Steps.Compiled));
    }

    [Fact]
    public void Files_of_one_folder_are_one_description_in_any_order()
    {
        (string first, string second) = Halves();
        var whole = new GeneratorRun("decoder", (Path1, s_tiny));
        var parts = new GeneratorRun("decoder", ("/guest/b.isa", second), ("/guest/a.isa", first));
        Assert.Equal(whole.Source("Tiny.Decoder.g.cs"), parts.Source("Tiny.Decoder.g.cs"));
    }

    private static (string First, string Second) Halves()
    {
        int split = s_tiny.IndexOf("/// Branch", StringComparison.Ordinal);
        return (s_tiny[..split], s_tiny[split..]);
    }
}
