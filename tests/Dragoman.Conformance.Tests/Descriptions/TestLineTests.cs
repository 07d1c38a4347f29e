using System.Globalization;
using System.Numerics;
using System.Text;
using Dragoman.Conformance.Tests.Witness;
using Dragoman.Guests.AArch64;
using Dragoman.Isa.Decoding;
using Dragoman.Isa.Syntax;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Conformance.Tests.Descriptions;

/// <summary>The <c>test</c> lines of the A64 description: the word reads as its text, and makes of the state before the state after.</summary>
public sealed class TestLineTests(ITestOutputHelper output)
{
    // Labels in the texts count from here.
    private const ulong TextAddress = 0x1000;

    [Fact]
    public void Every_word_reads_as_its_text()
    {
        List<string> failures = [];
        foreach ((InstructionItem item, TestCase test) in Lines())
        {
            var text = new StringBuilder();
            AArch64Guest.Instance.Disassemble(BitConverter.GetBytes(Word(test)), TextAddress, text);
            if (text.ToString() != test.Text)
            {
                failures.Add($"{item.Name.Text} {test.Code.Text}: '{text}' not '{test.Text}'");
            }
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Fact]
    public void Every_line_holds_when_interpreted() => Execute(new InterpreterBackend());

    [Fact]
    public void Every_line_holds_when_compiled() => Execute(new IlBackend());

    private void Execute(ITcgBackend backend)
    {
        using var machine = new TranslatedMachine(backend);
        List<string> failures = [];
        int executed = 0;
        foreach ((InstructionItem item, TestCase test) in Lines().Where(l => l.Test.After.Count > 0 && IsAlone(l.Item)))
        {
            var state = new MachineState();
            if (!test.Before.All(s => Assign(state, s)))
            {
                continue;
            }

            MachineState after = machine.Execute(new Trial(Word(test), state));
            var expected = new MachineState(after.Block);
            if (!test.After.All(s => Assign(expected, s)))
            {
                continue;
            }

            executed++;
            string difference = after.Difference(expected);
            if (difference.Length > 0)
            {
                failures.Add($"{item.Name.Text} {test.Text}: {difference}");
            }
        }

        output.WriteLine($"{executed} lines executed");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(executed > 200, "too few lines to mean anything");
    }

    private static IEnumerable<(InstructionItem Item, TestCase Test)> Lines() =>
        Description.AArch64.Encodings.Select(e => e.Item).SelectMany(item => item.Tests.Select(test => (item, test)));

    // A branch would run on into whatever lies at its target; system instructions are the kernel's.
    private static bool IsAlone(InstructionItem item) => Path.GetFileNameWithoutExtension(item.Name.Span.File) is not ("branches" or "system");

    private static uint Word(TestCase test) => uint.Parse(test.Code.Text.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Puts one assignment into the state; false for registers that a trial does not carry.</summary>
    private static bool Assign(MachineState state, StateAssignment assignment)
    {
        BigInteger value = Value(assignment.Value);
        if (assignment.MemoryType is BitsTypeSyntax type)
        {
            int bytes = (int)Value(type.Width) / 8;
            Bytes(value, bytes).CopyTo(state.Memory[(int)(Value(assignment.Target) - MachineState.Scratch)..]);
            return true;
        }

        switch (assignment.Target)
        {
            case NameExpression { Name: "NZCV" }:
                state.Nzcv = (ulong)value << 28;
                return true;
            case NameExpression { Name: "SP" }:
                state.Sp = Word64(value);
                return true;
            case NameExpression { Name: "FPCR" }:
                state.Fpcr = Word64(value);
                return true;
            case NameExpression { Name: "FPSR" }:
                state.Fpsr = Word64(value);
                return true;
            case NameExpression { Name: ['X', .. var number] } when int.TryParse(number, out int x) && x < 31:
                state[x] = Word64(value);
                return true;
            case NameExpression { Name: ['V', .. var number] } when int.TryParse(number, out int v) && v < 32:
                Bytes(value, 16).CopyTo(state.Vector(v));
                return true;
            default:
                return false;
        }
    }

    private static BigInteger Value(Expression expression) => expression switch
    {
        NumberExpression number => number.Value,
        AddressExpression => MachineState.Scratch,
        NameExpression { Name: "p" } => MachineState.Scratch,
        UnaryExpression { Operator: UnaryOperator.Negate } minus => -Value(minus.Operand),
        UnaryExpression { Operator: UnaryOperator.Complement } not => ~Value(not.Operand),
        BinaryExpression { Operator: BinaryOperator.Add } sum => Value(sum.Left) + Value(sum.Right),
        BinaryExpression { Operator: BinaryOperator.Subtract } difference => Value(difference.Left) - Value(difference.Right),
        _ => throw new NotSupportedException(expression.GetType().Name),
    };

    private static ulong Word64(BigInteger value) => (ulong)(value & ulong.MaxValue);

    private static byte[] Bytes(BigInteger value, int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)((value >> (8 * i)) & 0xFF);
        }

        return bytes;
    }
}
