namespace Dragoman.Litmus.Tests;

/// <summary>Each wrong test is refused with one line that says where.</summary>
public sealed class WrongInputTests
{
    private const string State = "{ 0:X0=1; 0:X1=x; }\n";

    [Theory]
    [InlineData("", "t:1:1: expected an architecture, not the end of the file")]
    [InlineData("Z80 SB\n{ }\n", "'Z80' is no architecture here")]
    [InlineData("AArch64 T\n", "expected '{' and the initial state")]
    [InlineData("AArch64 T\n{ 0:X0 1; }\n", "t:2:8: expected '=', not '1;'")]
    [InlineData("AArch64 T\n{ 9:X0=1; }\n", "at most 8 threads")]
    [InlineData("AArch64 T\n{ 0:X0=0x; }\n", "t:2:8: '0x' is no number")]
    [InlineData("AArch64 T\n" + State + "exists (x=1)", "expected a table of instructions")]
    [InlineData("AArch64 T\n" + State + " P1 ;\nexists (x=1)", "t:3:2: expected 'P0', not 'P1'")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP | NOP ;\nexists (x=1)", "t:4:8: a row of 2 columns in a test of 1 threads")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n FROB X0 ;\nexists (x=1)", "t:4:2: 'FROB X0' is no instruction")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n STR W0,[X1,#3] ;\nexists (x=1)", "t:4:2: 'STR W0,[X1,#3]' is no instruction")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n L: NOP ;\n L: NOP ;\nexists (x=1)", "t:5:5: label 'L' stands twice")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (q=1)", "t:5:9: the test has no variable 'q'")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (3:X0=1)", "t:5:9: the test has no thread 3")]
    [InlineData("AArch64 T\n" + State + " P0 ;\n NOP ;\nexists (0:Q0=1)", "t:5:9: aarch64 has no register Q0")]
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
    [InlineData("movl %rax,(x)", 7, "'rax' has 8 bytes, and 'movl' is of 4 bytes")]
    [InlineData("lock addb %eax,(x)", 12, "'eax' has 4 bytes, and 'addb' is of 1 byte")]
    [InlineData("movzbl (x),%ax", 13, "'ax' has 2 bytes, which 'movzbl' does not extend to")]
    [InlineData("movb $300,(x)", 7, "300 does not fit in 1 byte")]
    [InlineData("movl $1,(%xyz)", 11, "'xyz' holds no address")]
    [InlineData("movl $1,(%ax)", 11, "'ax' holds no address")]
    [InlineData("movl %foo,(x)", 7, "there is no register 'foo'")]
    [InlineData("movdqa (x),%xmm16", 13, "there is no register 'xmm16'")]
    [InlineData("mov $1,(x)", 2, "'mov $1,(x)' does not say how many bytes it accesses")]
    [InlineData("movl $1,(x", 11, "expected ')' behind it")]
    [InlineData("movl $1 (x)", 10, "expected ',', not '(x)'")]
    [InlineData("movl $,(x)", 8, "expected a number behind '$'")]
    [InlineData("movl $1,!", 10, "'!' is no operand")]
    [InlineData("movl $0x10000000000000000,(x)", 8, "'0x10000000000000000' is no number of at most 64 bits")]
    [InlineData("movl $1,0x1ffffffff(x)", 10, "displacement 8589934591 has more than 32 bits")]
    [InlineData("movl $1,(%rax,%rbx,3)", 22, "an index is multiplied by 1, 2, 4 or 8, not 3")]
    [InlineData("jmp L9", 6, "the thread has no label 'L9'")]
    [InlineData("movl", 2, "'movl' is no instruction")]
    [InlineData("movl (x),(y)", 2, "'movl (x),(y)' is no instruction")]
    [InlineData("lock movl $1,(x)", 2, "'lock movl $1,(x)' is no instruction")]
    [InlineData("lock addl $1,%eax", 2, "'lock addl $1,%eax' is no instruction")]
    [InlineData("uxchl %eax,(x)", 2, "'uxchl %eax,(x)' is no instruction")]
    [InlineData("movntil %eax,(x)", 2, "'movntil' is not ordered as the model says")]
    public void Wrong_x86_instructions_are_refused_with_their_place(string instruction, int column, string message)
    {
        LitmusException error = Assert.Throws<LitmusException>(() => Described.Assemble("t", $"X86_64 T\n{{ 0:rax=1; }}\n P0 ;\n {instruction} ;\nexists (true)"));
        Assert.StartsWith($"t:4:{column}: {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X86_64 T\n{ 0:raxx=1; }\n P0 ;\n nop ;\nexists (true)", "t:2:5: x86_64 has no register raxx")]
    [InlineData("X86_64 T\n{ }\n P0 ;\n nop ;\nexists (0:xmm99=1)", "t:5:9: x86_64 has no register XMM99")]
    [InlineData("X86_64 T\n{ }\n P0 ;\n lock ;\nexists (true)", "expected rows of instructions")]
    [InlineData("X86_64 T\n{ int x[1]; }\n P0 ;\n nop ;\nexists (true)", "an array of 4-byte elements has 2 to 2048 of them, not 1")]
    [InlineData("X86_64 T\n{ int x[340282366920938463463374607431768211455]; }\n P0 ;\n nop ;\nexists (true)", "has 2 to 2048 of them")]
    [InlineData("X86_64 T\n{ int x[4]=1; }\n P0 ;\n nop ;\nexists (true)", "array 'x' begins with zeros")]
    [InlineData("X86_64 T\n{ int x[4]; }\n P0 ;\n nop ;\nexists (x[4]=1)", "array 'x' has elements 0 to 3, not 4")]
    [InlineData("X86_64 T\n{ int x[4]; }\n P0 ;\n nop ;\nexists (x=1)", "t:5:10: expected '[', not '=1)'")]
    public void Wrong_x86_tests_are_refused_with_their_place(string text, string message)
    {
        LitmusException error = Assert.Throws<LitmusException>(() => Described.Assemble("t", text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Threads_of_many_lines_are_refused()
    {
        string rows = string.Concat(Enumerable.Repeat(" nop ;\n", 101));
        LitmusException error = Assert.Throws<LitmusException>(() => Described.Assemble("t", $"X86_64 T\n{{ }}\n P0 ;\n{rows}exists (true)"));
        Assert.StartsWith("t:104:2: a thread has at most 100 lines", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("movl 16(x),%eax", "has no variable")]
    [InlineData("movl (%rbx),%eax", "has no variable")]
    [InlineData("int3", "raises an exception")]
    [InlineData("syscall", "raises an exception")]
    [InlineData("cpuid", "which the checker does not evaluate")]
    [InlineData("L0: jmp L0", "thread 0 has no way through it that ends")]
    public void Tests_of_x86_that_models_cannot_judge_are_refused(string instruction, string message)
    {
        var program = Described.Assemble("t", $"X86_64 T\n{{ }}\n P0 ;\n {instruction} ;\nexists (true)");
        LitmusException error = Assert.Throws<LitmusException>(() => Running.LitmusReport.Make(program, null));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>What would take for ever is refused in time.</summary>
    [Fact]
    public void Tests_with_too_many_executions_are_refused()
    {
        string row = string.Join(" | ", Enumerable.Repeat("xchgl %eax,(x)", 8));
        string heads = string.Join(" | ", Enumerable.Range(0, 8).Select(i => $"P{i}"));
        string registers = string.Concat(Enumerable.Range(0, 8).Select(i => $"{i}:rax={i + 1}; "));
        var program = Described.Assemble("t", $"X86_64 T\n{{ {registers}}}\n {heads} ;\n {row} ;\n {row} ;\nexists (true)");
        LitmusException error = Assert.Throws<LitmusException>(() => Running.LitmusReport.Make(program, null));
        Assert.Contains("too many", error.Message, StringComparison.Ordinal);
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
