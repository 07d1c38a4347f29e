using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Running;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Litmus.Tests;

/// <summary>Tests that do not end as they should.</summary>
public sealed class RunnerTests
{
    private const string Waits = "AArch64 T\n{ 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n L: LDR W0,[X1] | MOV W0,#0 ;\n CBZ W0,L | STR W0,[X1] ;\nexists (x=1)";
    private const string Faults = "AArch64 T\n{ 0:X1=16; 1:X1=x; }\n P0 | P1 ;\n LDR W0,[X1] | STR W0,[X1] ;\nexists (x=1)";

    [Theory]
    [InlineData(Waits, true, "t: thread 0 has not ended for 1 s: it may wait for what no other thread writes")]
    [InlineData(Waits, false, "t: thread 0 has not ended for 1 s: it may wait for what no other thread writes")]
    [InlineData(Faults, true, "t: thread 0 raises MemoryFault at 0x")]
    public void A_thread_that_does_not_end_well_is_named(string text, bool compiles, string message)
    {
        LitmusProgram program = Described.Assemble("t", text);
        (ITcgBackend Cold, ITcgBackend? Hot) Backends() => (new InterpreterBackend(), compiles ? new IlBackend() : null);
        RunSettings settings = new(1000, Backends) { Patience = TimeSpan.FromSeconds(1) };
        LitmusException error = Assert.Throws<LitmusException>(() => LitmusRunner.Run(program, settings));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
