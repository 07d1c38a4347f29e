using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Prints the body of one method.</summary>
internal sealed class StatementPrinter(CSharpWriter writer, CSharpExpressionPrinter expressions, bool hasLabels)
{
    private int _runIfs;

    /// <summary>The statements of a block without its braces, or one statement.</summary>
    public void Print(BoundStatement statement)
    {
        switch (statement)
        {
            case BoundBlock block:
                foreach (BoundStatement inner in block.Statements)
                {
                    if (inner is BoundBlock nested && nested.Statements.Any(s => s is BoundLet or BoundTupleLet))
                    {
                        using (writer.Open())
                        {
                            Print(nested);
                        }
                    }
                    else
                    {
                        Print(inner);
                    }
                }

                break;
            case BoundLet let:
                writer.Line($"{expressions.TypeName(let.Local.Type, let.Local.Time)} {let.Local.Name} = {Initial(let.Local, let.Value)};");
                break;
            case BoundTupleLet let:
                string value = expressions.Print(let.Value);
                string names = string.Join(", ", let.Locals.Select(l => expressions.TypeName(l.Type, l.Time) + " " + l.Name));
                writer.Line($"({names}) = {(let.Value.IsRun && hasLabels ? $"insn.Keep({value})" : value)};");
                break;
            case BoundSetLocal set:
                writer.Line(set.Local.Time == BindingTime.Run && (_runIfs > 0 || hasLabels || set.Local.IsInOut)
                    ? $"insn.Set(ref {set.Local.Name}, {set.Local.Type.Width}, {expressions.Print(set.Value)});"
                    : $"{set.Local.Name} = {expressions.Print(set.Value)};");
                break;
            case BoundRegisterWrite write:
                writer.Line(write.Register.InMemory
                    ? $"insn.WriteMemory({expressions.Offset(write.Register, write.Index)}, {write.Register.Width}, {expressions.Print(write.Value)});"
                    : $"insn.Write({expressions.Index(write.Register, write.Index)}, {expressions.Print(write.Value)});");
                break;
            case BoundPartWrite write:
                string verb = write.IsSticky ? "Sticky" : "Write";
                writer.Line(write.Register.InMemory
                    ? $"insn.{verb}MemoryPart({expressions.Offset(write.Register, write.Index)}, {expressions.Print(write.Position)}, {write.Width}, {expressions.Print(write.Value)});"
                    : $"insn.{verb}Part({expressions.Index(write.Register, write.Index)}, {write.Register.Width}, {expressions.Print(write.Position)}, {write.Width}, {expressions.Print(write.Value)});");
                break;
            case BoundOperandWrite write:
                writer.Line($"SetOperand_{write.Width}(insn, in insn.Code.Operand{write.Number}, {expressions.Print(write.Value)});");
                break;
            case BoundEffect effect:
                PrintEffect(effect.Value);
                break;
            case BoundStaticIf branch:
                using (writer.Open($"if ({Unwrapped(branch.Condition)})"))
                {
                    Print(branch.Then);
                }

                if (branch.Else is { } otherwise)
                {
                    using (writer.Open("else"))
                    {
                        Print(otherwise);
                    }
                }

                break;
            case BoundRunIf branch:
                PrintRunIf(branch);
                break;
            case BoundFor loop:
                string k = loop.Variable.Name;
                using (writer.Open($"for (long {k} = {expressions.Print(loop.From)}; {k} < {expressions.Print(loop.To)}; {k}++)"))
                {
                    Print(loop.Body);
                }

                break;
            case BoundReturn leave:
                writer.Line(leave.Value is null ? "return;" : $"return {expressions.Print(leave.Value)};");
                break;
            case BoundRaise raise:
                string argument = raise.Argument is null ? "insn.Const(64, 0)" : expressions.Print(raise.Argument);
                writer.Line($"insn.Raise{(raise.After ? "After" : "")}(ExceptionKind.{raise.Kind}, {argument});");
                break;
            case BoundBranch branch:
                string target = branch.Target is BoundLift lift ? expressions.Print(lift.Value) : expressions.Print(branch.Target);
                writer.Line($"insn.Branch{(branch.Kind == Syntax.BranchKind.Call ? "Call" : branch.Kind == Syntax.BranchKind.Return ? "Return" : "")}({target});");
                break;
            case BoundEndTb:
                writer.Line("insn.EndTb();");
                break;
            case BoundProduced produced:
                string operands = string.Concat(produced.Arguments.Select(a => ", " + expressions.Print(a)));
                writer.Line($"insn.Produced((int)FlagsProducer.{produced.Producer}, {produced.Width}{operands});");
                break;
        }
    }

    private string Initial(LocalSymbol local, BoundExpression value)
    {
        string printed = value.IsRun || !value.Type.IsInt ? expressions.Print(value) : expressions.Print(value);
        return local.Time != BindingTime.Run || !hasLabels || local.Type.Kind == TypeKind.Tuple ? printed
            : local.IsVariable ? $"insn.Var({local.Type.Width}, {printed})" : $"insn.Keep({printed})";
    }

    private string Unwrapped(BoundExpression condition) => Unwrapped(expressions.Print(condition));

    /// <summary>An expression that is no operand: without the parentheses around it.</summary>
    public static string Unwrapped(string printed) =>
        printed.StartsWith("(", StringComparison.Ordinal) && Closes(printed) && !printed.Contains('"') ? printed.Substring(1, printed.Length - 2) : printed;

    // Whether the first parenthesis is closed by the last character.
    private static bool Closes(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return i == text.Length - 1;
            }
        }

        return false;
    }

    private void PrintRunIf(BoundRunIf branch)
    {
        writer.Line($"insn.{(branch.HasEffects ? "IfBranch" : "If")}({expressions.Print(branch.Condition)});");
        _runIfs++;
        using (writer.Open())
        {
            Print(branch.Then);
        }

        if (branch.Else is { } otherwise)
        {
            writer.Line("insn.Else();");
            using (writer.Open())
            {
                Print(otherwise);
            }
        }

        _runIfs--;
        writer.Line("insn.EndIf();");
    }

    private void PrintEffect(BoundExpression value)
    {
        switch (value)
        {
            case BoundMatch match:
                using (writer.Open($"switch ({expressions.Print(match.Value)})"))
                {
                    foreach (BoundArm arm in match.Arms)
                    {
                        writer.Line(arm.Patterns.Count == 0 ? "default:" : $"case {CSharpExpressionPrinter.Patterns(arm.Patterns)}:");
                        writer.Indent();
                        if (arm.Value is { } armValue)
                        {
                            PrintEffect(armValue);
                        }

                        writer.Line("break;");
                        writer.Unindent();
                    }
                }

                break;
            case BoundConditional conditional:
                using (writer.Open($"if ({Unwrapped(conditional.Condition)})"))
                {
                    PrintEffect(conditional.WhenTrue);
                }

                using (writer.Open("else"))
                {
                    PrintEffect(conditional.WhenFalse);
                }

                break;
            case BoundOperation or BoundCall or BoundRmw or BoundHelperCall or BoundTableAccess or BoundStaticCall:
                writer.Line(expressions.Print(value) + ";");
                break;
            default:
                writer.Line($"_ = {expressions.Print(value)};");
                break;
        }
    }
}
