using System.Text;
using Dragoman.Guests.Tests.Witness;
using Dragoman.Guests.X86;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>The <c>test</c> lines of the description: the bytes read as their text, and make of the state before the state after.</summary>
public sealed class VectorTests
{
    private const ulong TextAddress = 0x1000;

    [Fact]
    public void Every_line_reads_as_its_text()
    {
        foreach (TestVector vector in Vectors.All())
        {
            var text = new StringBuilder();
            int length = X86Guest.Intel64.Disassemble(vector.Code, TextAddress, text);
            Assert.Equal((vector.Place, vector.Text, vector.Code.Length), (vector.Place, text.ToString(), length));
        }
    }

    [Fact]
    public void Every_line_holds_when_interpreted() => Check(new InterpreterBackend());

    [Fact]
    public void Every_line_holds_when_compiled() => Check(new IlBackend());

    private static void Check(ITcgBackend backend)
    {
        using var machine = new X86Machine(backend, undefined: 0);
        foreach (TestVector vector in Vectors.All())
        {
            machine.Clear();
            foreach (TestState state in vector.Before)
            {
                machine.SetRegister(state.Register, state.Low, state.Width, state.Value);
            }

            machine.Run(vector.Code);
            foreach (TestState state in vector.After)
            {
                Assert.Equal((vector.Place, state.Register, state.Value), (vector.Place, state.Register, machine.GetRegister(state.Register, state.Low, state.Width)));
            }
        }
    }
}
