namespace Dragoman.Litmus.Tests;

/// <summary>Each wrong test is refused with one line that says where.</summary>
public sealed class WrongInputTests
{
    private const string State = "{ 0:X0=1; 0:X1=x; }\n";

    [Theory]
    [InlineData("", "t:1: expected an architecture, not the end of the file")]
    [InlineData("Z80 SB\n{ }\n", "'Z80' is no architecture here")]
    [InlineData("AArch64 T\n", "expected '{' and the initial state")]
    [InlineData("AArch64 T\n{ 0:X0 1; }\n", "t:2: expected '=', not '1;'")]
    [InlineData("AArch64 T\n{ 9:X0=1; }\n", "at most 8 threads")]
    [InlineData("AArch64 T\n{ 0:X0=0x; }\n", "t:2: '0x' is no number")]
    [InlineData("AArch64 T\n" + State + "exists (x=1)", "expected a table of instructions")]
    [InlineData("AArch64 T\n" + State + " P1 ;\nexists (x=1)", "t:3: expected 'P0', not 'P1'")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP | NOP ;\nexists (x=1)", "t:4: a row of 2 columns in a test of 1 threads")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n FROB X0 ;\nexists (x=1)", "t:4: 'FROB X0' is no instruction")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n STR W0,[X1,#3] ;\nexists (x=1)", "t:4: 'STR W0,[X1,#3]' is no instruction")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n L: NOP ;\n L: NOP ;\nexists (x=1)", "t:5: label 'L' stands twice")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (q=1)", "t:5: the test has no variable 'q'")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (3:X0=1)", "t:5: the test has no thread 3")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (0:Q0=1)", "t: aarch64 has no register Q0")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (x=1", "expected ')', not the end of the file")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (x=1) x", "nothing may follow the condition")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nfilter (x=1)", "filter is not understood here")]
    [InlineData("AArch64 T\n{ 1:X0=1; }\n P0 ;\n NOP ;\nexists (true)", "names thread 1 of a test of 1 threads")]
    public void Wrong_tests_are_refused_with_their_place(string text, string message)
    {
        LitmusException error = Assert.Throws<LitmusException>(() => Described.Assemble("t", text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("LDR W0,[X0]", "has no variable")]
    [InlineData("HVC #0", "raises an exception")]
    public void Tests_that_models_cannot_judge_are_refused(string instruction, string message)
    {
        var program = Described.Assemble("t", $"AArch64 T\n{State} P0 ;\n {instruction} ;\nexists (true)");
        LitmusException error = Assert.Throws<LitmusException>(() => Running.LitmusReport.Make(program, null));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
