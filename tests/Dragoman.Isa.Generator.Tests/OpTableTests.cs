using Dragoman.Isa.Generator.Ops;
using Microsoft.CodeAnalysis;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>What becomes of an op table, and what is said of a wrong one.</summary>
public sealed class OpTableTests
{
    private const string Path1 = "/tcg/ops.tcg";

    private const string Table = """
        // A comment, then two ops.
        op add(a: t, b: t) -> t      commutes = a + b
        op bump(a: t, by: int) -> t  = (a << by) + 1
        op halt()                    effects ends
        """;

    [Theory]
    [InlineData("ops", "ConstantFolder.g.cs Opcode.g.cs OpInfo.g.cs TcgContext.Builder.g.cs VectorMath.g.cs")]
    [InlineData("il", "OpEmitter.g.cs")]
    [InlineData("interpreter", "Code.g.cs CodeSelection.g.cs InterpreterLoop.g.cs SecondLoop.g.cs VectorCases.g.cs")]
    [InlineData("", "")]
    public void Each_concern_has_its_sources(string concern, string hintNames)
    {
        var run = new GeneratorRun(new OpTableGenerator(), concern, (Path1, Table));
        Assert.Empty(run.Result.Diagnostics);
        Assert.Equal(hintNames.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), run.HintNames);
    }

    [Fact]
    public void One_line_of_the_table_is_builder_folder_interpreter_and_il()
    {
        var run = new GeneratorRun(new OpTableGenerator(), "ops;interpreter;il", (Path1, Table));
        Assert.Contains("public Temp Bump(TcgType t, Temp a, int by)", run.Source("TcgContext.Builder.g.cs"), StringComparison.Ordinal);
        Assert.Contains("private static uint Bump32(uint a, int by) => (BitMath.ShiftLeft(a, by) + 1u);", run.Source("ConstantFolder.g.cs"), StringComparison.Ordinal);
        Assert.Contains("*(uint*)(env + ip->D) = (*(uint*)(env + ip->A) + (uint)ip->Imm);", run.Source("InterpreterLoop.g.cs"), StringComparison.Ordinal);
        Assert.Contains("ShiftEmission.ByConstant(il, OpCodes.Shl, (ulong)(int)op.Imm0, 64);", run.Source("OpEmitter.g.cs"), StringComparison.Ordinal);
        Assert.Contains("new(\"halt\", 0, 0, 0, false, false, OpFlags.SideEffects | OpFlags.EndsBlock),", run.Source("OpInfo.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_of_other_code_leaves_the_table_cached()
    {
        var run = new GeneratorRun(new OpTableGenerator(), "ops;interpreter", (Path1, Table));
        run.EditCSharp("class D;");
        Assert.All(run.Reasons("OpTable"), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(
            run.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Theory]
    [InlineData("op add(a: q) -> t", 1, 11, "'q' is not a kind")]
    [InlineData("op add(a: t) -> t quick = a", 1, 19, "'quick' is not an attribute")]
    [InlineData("op add(a: t) -> t = a + b", 1, 25, "'b' is not a parameter of this op")]
    [InlineData("\nop add(a: t) -> t = a +", 2, 24, "expected an operand, not 'end of line'")]
    [InlineData("op add(a: t) -> t\nop add(a: t) -> t", 2, 4, "op 'add' is defined twice")]
    [InlineData("op add(a: t) -> t = a $ 1", 1, 23, "'$' does not belong here")]
    [InlineData("op add(a: t) -> t = 0x1_0000_0000_0000_0000_0", 1, 21, "'0x100000000000000000' is not a number of 64 bits")]
    [InlineData("add(a: t) -> t", 1, 1, "expected 'op'")]
    public void A_wrong_table_is_an_error_at_its_place(string table, int line, int column, string message)
    {
        var run = new GeneratorRun(new OpTableGenerator(), "ops", (Path1, table));
        Diagnostic error = run.Result.Diagnostics[0];
        Assert.Equal("ISA1900", error.Id);
        Assert.Equal(message, error.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        FileLinePositionSpan span = error.Location.GetLineSpan();
        Assert.Equal((Path1, line, column), (span.Path, span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1));
    }
}
