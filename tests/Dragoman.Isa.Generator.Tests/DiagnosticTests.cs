using Microsoft.CodeAnalysis;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>Errors are reported at their place in the description, and then nothing is emitted.</summary>
public sealed class DiagnosticTests
{
    [Fact]
    public void An_error_stands_at_its_line_and_column_and_stops_emission()
    {
        var run = new GeneratorRun("decoder", ("/g/wrong.isa", "isa T { insn 32 little; pc PC }\ninsn A = 0000 x:27 { nop }\n"));
        Diagnostic error = Assert.Single(run.Result.Diagnostics);
        Assert.Equal("ISA2001", error.Id);
        FileLinePositionSpan place = error.Location.GetLineSpan();
        Assert.Equal(("/g/wrong.isa", 1, 9), (place.Path, place.StartLinePosition.Line, place.StartLinePosition.Character));
        Assert.Empty(run.HintNames);
        Assert.Null(run.Result.Exception);
    }

    [Fact]
    public void Mending_the_error_emits_again()
    {
        var run = new GeneratorRun("decoder", ("/g/a.isa", "isa T { insn 32 little; pc PC }\ninsn A = 0000 x:27 { nop }\n"));
        run.Edit("/g/a.isa", "isa T { insn 32 little; pc PC }\ninsn A = 0000 x:28 { nop }\n");
        Assert.Empty(run.Result.Diagnostics);
        Assert.Contains("T.Decoder.g.cs", run.HintNames);
    }
}
