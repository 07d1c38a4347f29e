using System.Numerics;
using Dragoman.Isa.Binding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>Emits the <c>test</c> lines as data: instruction word, text, state before and after.</summary>
internal sealed class VectorEmitter(IsaModel model, DiagnosticBag diagnostics)
{
    // Scratch areas of a test lie so far apart, from here on.
    private const int ScratchBase = 0x20000;
    private const int ScratchBytes = 0x1000;

    private readonly List<string> _scratch = [];

    public EmittedSource Emit(IEnumerable<(Item Item, IReadOnlyList<TestCase> Tests)> instructions)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "System.Collections.Generic");
        writer.Summary("State of one test: bits of a register, or of memory when there is no register.");
        writer.Line("public sealed record TestState(string Register, ulong Address, int Low, int Width, UInt128 Value);");
        writer.Line();
        writer.Summary("One test line of the description.");
        writer.Line($"public sealed record TestVector(string Instruction, string Place, {(model.Bytes is null ? "uint Word" : "byte[] Code")}, string Text, IReadOnlyList<TestState> Before, IReadOnlyList<TestState> After);");
        writer.Line();
        writer.Summary("The test lines of the description.");
        using (writer.Open("public static class Vectors"))
        {
            writer.Summary("In the order of the files.");
            writer.Line("public static IEnumerable<TestVector> All()");
            using (writer.Open())
            {
                foreach ((Item item, IReadOnlyList<TestCase> tests) in instructions)
                {
                    foreach (TestCase test in tests)
                    {
                        _scratch.Clear();
                        string before = States(test.Before);
                        string after = States(test.After);
                        bool isHex = test.Code.Text.Length % 2 == 0 && test.Code.Text.All(Uri.IsHexDigit);
                        uint word = 0;
                        if (!isHex || model.Bytes is null && !uint.TryParse(test.Code.Text, System.Globalization.NumberStyles.HexNumber, null, out word))
                        {
                            diagnostics.Report(Rules.BadTest, test.Code.Span, $"'{test.Code.Text}' is not an instruction word of 8 hexadecimal digits");
                            continue;
                        }

                        string place = $"{Path.GetFileName(test.Span.File)}:{test.Span.StartLine}";
                        string code = model.Bytes is null ? $"0x{word:X8}" : $"Convert.FromHexString(\"{test.Code.Text}\")";
                        writer.Line($"yield return new(\"{item.Name.Text}\", \"{place}\", {code}, \"{test.Text.Replace("\"", "\\\"")}\", [{before}], [{after}]);");
                    }
                }

                writer.Line("yield break;");
            }
        }

        return new EmittedSource(model.Name + ".Vectors.g.cs", writer.ToString());
    }

    private string States(IReadOnlyList<StateAssignment> states) => string.Join(", ", states.SelectMany(State));

    private IEnumerable<string> State(StateAssignment state)
    {
        if (Evaluate(state.Value) is not { } value)
        {
            yield break;
        }

        if (state.MemoryType is { } type)
        {
            if (Evaluate(state.Target) is { } address && type is BitsTypeSyntax { Width: NumberExpression width })
            {
                yield return Text("", address, 0, (int)width.Value, value);
            }

            yield break;
        }

        switch (state.Target)
        {
            case NameExpression name when model.FlagSets.Find(f => f.Name == name.Name) is { } flags:
                for (int i = 0; i < flags.Flags.Count; i++)
                {
                    yield return Text($"{flags.Name}.{flags.Flags[i].Name}", 0, 0, 1, value >> (flags.Flags.Count - 1 - i) & 1);
                }

                yield break;
            case NameExpression name when name.Name == model.Pc?.Name:
                yield return Text(name.Name, 0, 0, 64, value);
                yield break;
            case NameExpression name when Register(name.Name) is { } register:
                yield return Text(name.Name, 0, 0, register.Width, value);
                yield break;
            case MemberExpression { Target: NameExpression owner } member when model.FlagSets.Find(f => f.Name == owner.Name) is { } flags && flags.Flags.Any(f => f.Name == member.Member.Text):
                yield return Text($"{owner.Name}.{member.Member.Text}", 0, 0, 1, value);
                yield break;
            case MemberExpression { Target: NameExpression owner } member when model.FindRegister(owner.Name)?.Parts.FirstOrDefault(p => p.Name.Text == member.Member.Text) is { } part:
                yield return Text(owner.Name, 0, part.Low, part.High - part.Low + 1, value);
                yield break;
            default:
                diagnostics.Report(Rules.BadTest, state.Target.Span, "a test names registers, flags and memory");
                yield break;
        }
    }

    /// <summary>The register that <c>X12</c> or <c>SP</c> is.</summary>
    private RegisterSymbol? Register(string name)
    {
        if (model.FindRegister(name) is { IsArray: false } single)
        {
            return single;
        }

        if (model.FindElement(name) is { } element)
        {
            return element.Register;
        }

        string stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return stem.Length < name.Length && model.FindRegister(stem) is { IsArray: true } array && int.Parse(name.Substring(stem.Length)) < array.Count ? array : null;
    }

    private static string Text(string register, BigInteger address, int low, int width, BigInteger value)
    {
        BigInteger bits = value & ConstantFolder.Ones(width);
        string text = width > 64 ? $"new UInt128(0x{(ulong)(bits >> 64):X}, 0x{(ulong)(bits & ulong.MaxValue):X})" : $"0x{(ulong)bits:X}";
        return $"new(\"{register}\", 0x{(ulong)(address & ulong.MaxValue):X}, {low}, {width}, {text})";
    }

    private BigInteger? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case NumberExpression number:
                return number.Value;
            case AddressExpression address:
                if (!_scratch.Contains(address.Name))
                {
                    _scratch.Add(address.Name);
                }

                return ScratchBase + _scratch.IndexOf(address.Name) * ScratchBytes;
            case NameExpression name when _scratch.Contains(name.Name) || name.Name.Length == 1 && char.IsLower(name.Name[0]):
                return Evaluate(new AddressExpression(name.Span, name.Name));
            case UnaryExpression { Operator: UnaryOperator.Negate } unary:
                return -Evaluate(unary.Operand);
            case UnaryExpression { Operator: UnaryOperator.Complement } unary:
                return -Evaluate(unary.Operand) - 1;
            case BinaryExpression binary when Evaluate(binary.Left) is { } left && Evaluate(binary.Right) is { } right:
                switch (binary.Operator)
                {
                    case BinaryOperator.Add:
                        return left + right;
                    case BinaryOperator.Subtract:
                        return left - right;
                    case BinaryOperator.ShiftLeft:
                        return left << (int)right;
                    case BinaryOperator.Or:
                        return left | right;
                    case BinaryOperator.Multiply:
                        return left * right;
                }

                break;
        }

        diagnostics.Report(Rules.BadTest, expression.Span, "a test's value is a number, @name, or a sum of them");
        return null;
    }
}
