using System;
using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>A hand-written case of the interpreter: a static method marked <c>[InterpreterCase]</c>.</summary>
/// <param name="Name">The method's name, which becomes its code's.</param>
/// <param name="Returns">Its return type: <c>void</c> (go on), <c>bool</c> (false: leave with an exception), <c>nint</c> (leave), or else the next instruction (null: leave with an exception).</param>
/// <param name="TakesBounds">Whether it takes the guest address rule after (env, ip).</param>
public sealed record InterpreterCase(string Name, string Returns, bool TakesBounds);

/// <summary>
/// Emits the interpreter's codes, the choice of a code for an op, and its switches: one for scalar ops and the hand-written cases, and one
/// behind it for ops on vectors and floats, which keeps the first small enough to be compiled well.
/// </summary>
/// <remarks>
/// Operands are at <c>ip->D</c>, <c>A</c>, <c>B</c> (bytes from env) and, from the third on, in the halves of <c>Imm</c>; immediates are the
/// bytes of <c>Aux</c>, then <c>Imm</c>, which an op of three immediates and at most two operands has free. A code named <c>..Imm</c> has its second operand in <c>Imm</c> itself.
/// </remarks>
public static class InterpreterEmitter
{
    private static readonly string[] Conditions = { "Eq", "Ne", "Lt", "Ge", "Le", "Gt", "Ltu", "Geu", "Leu", "Gtu", "TstEq", "TstNe" };

    public static IReadOnlyList<(string HintName, string Text)> Emit(OpTable table, IReadOnlyList<InterpreterCase> own)
    {
        List<OpDefinition> scalar = table.Ops.Where(o => o.IsScalarSemantic).ToList();
        List<OpDefinition> second = table.Ops.Where(o => o.Call is not null || (o.IsLanes && o.Semantics is not null)).ToList();
        return new[]
        {
            ("Code.g.cs", Codes(scalar, second, own)),
            ("CodeSelection.g.cs", Selection(scalar, second)),
            ("InterpreterLoop.g.cs", Loop(scalar, own)),
            ("SecondLoop.g.cs", Second(second)),
            ("VectorCases.g.cs", Vectors(second)),
        };
    }

    private static OpWriter Start()
    {
        var writer = new OpWriter();
        writer.Line("using System.Runtime.Intrinsics;");
        writer.Line("using Dragoman.Tcg.Abi;");
        writer.Line("using Dragoman.Tcg.Float;");
        writer.Line("using Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Line("namespace Dragoman.Tcg.Interpreter;");
        writer.Line();
        return writer;
    }

    private static bool IsVector(OpDefinition op) => op.IsLanes || op.IsFloatLanes || op.Call?.Method.StartsWith("VectorMath", StringComparison.Ordinal) == true;

    /// <summary>Whether the op has codes that store a 32-bit result zero-extended to 64 bits, which saves the extension after it.</summary>
    private static bool HasExtendedForm(OpDefinition op) => !op.HasCond && OpVariant.Of(op).First().ResultWidth == 32;

    /// <summary>A condition whose 64-bit result is its 32-bit result zero-extended: 1 or 0.</summary>
    private static bool IsPlainTest(OpDefinition op) => op.HasCond && op.Semantics is OpConditional { WhenTrue: OpNumber, WhenFalse: OpNumber };

    private static bool HasImmediateForm(OpDefinition op) => op.Operands.Count == 2 && op.Immediates.Count == 0;

    private static string Codes(List<OpDefinition> scalar, List<OpDefinition> second, IReadOnlyList<InterpreterCase> own)
    {
        OpWriter writer = Start();
        writer.Line("/// <summary>What an instruction of the interpreter does.</summary>");
        writer.Open("internal enum Code : ushort");
        foreach (OpDefinition op in scalar)
        {
            foreach (string form in Forms(op))
            {
                foreach (OpVariant variant in Widths(op))
                {
                    writer.Line($"{Name(op, variant, form, "")},");
                }
            }

            if (op.HasCond)
            {
                // Results of 32 bits, in the order of those of 64.
                foreach (string form in Forms(op))
                {
                    foreach (OpVariant variant in Widths(op))
                    {
                        writer.Line($"{Name(op, variant, form, "Narrow")},");
                    }
                }
            }
            else if (HasExtendedForm(op))
            {
                foreach (string form in Forms(op))
                {
                    writer.Line($"{Name(op, OpVariant.Of(op).First(), form, "Ext")},");
                }
            }
        }

        foreach (string form in CondForms(true))
        {
            writer.Line($"Brcond{form.Replace("Imm", "")}32{(form.EndsWith("Imm") ? "Imm" : "")},");
            writer.Line($"Brcond{form.Replace("Imm", "")}64{(form.EndsWith("Imm") ? "Imm" : "")},");
        }

        foreach (InterpreterCase one in own)
        {
            writer.Line($"{one.Name},");
        }

        foreach (OpDefinition op in second)
        {
            foreach (SecondForm form in SecondForms(op))
            {
                writer.Line($"{op.Opcode}{form.Suffix},");
            }
        }

        writer.Close();
        return writer.ToString();
    }

    private static string Name(OpDefinition op, OpVariant variant, string form, string result) =>
        $"{op.Opcode}{form.Replace("Imm", "")}{variant.Suffix}{result}{(form.EndsWith("Imm") ? "Imm" : "")}";

    /// <summary>Codes of condition ops are told apart by the compared width; those that store 32 bits come apart.</summary>
    private static IEnumerable<OpVariant> Widths(OpDefinition op) =>
        op.HasCond ? new[] { new OpVariant(op, 32, 0), new OpVariant(op, 64, 0) } : OpVariant.Of(op);

    private static IEnumerable<string> Forms(OpDefinition op) =>
        op.HasCond ? CondForms(HasImmediateForm(op)) : HasImmediateForm(op) ? new[] { "", "Imm" } : new[] { "" };

    private static IEnumerable<string> CondForms(bool immediate) =>
        immediate ? Conditions.Concat(Conditions.Select(c => c + "Imm")) : Conditions;

    private static string Selection(List<OpDefinition> scalar, List<OpDefinition> second)
    {
        OpWriter writer = Start();
        writer.Line("/// <summary>Chooses the code of an op that the op table defines.</summary>");
        writer.Open("internal static class CodeSelection");
        writer.Line("/// <summary>Whether <paramref name=\"opcode\"/> has a form whose second operand is a constant.</summary>");
        writer.Line("public static bool HasImmediateForm(Opcode opcode) => opcode is "
            + string.Join(" or ", scalar.Where(HasImmediateForm).Select(o => "Opcode." + o.Opcode)) + " or Opcode.Brcond;");
        writer.Line();
        writer.Line("/// <summary>Whether <paramref name=\"opcode\"/> has a form that stores a 32-bit result zero-extended to 64 bits.</summary>");
        writer.Line("public static bool HasExtendedForm(Opcode opcode) => opcode is "
            + string.Join(" or ", scalar.Where(o => HasExtendedForm(o) || IsPlainTest(o)).Select(o => "Opcode." + o.Opcode)) + ";");
        writer.Line();
        writer.Line("/// <summary>The code of <paramref name=\"op\"/>.</summary>");
        writer.Line("/// <param name=\"immediate\">The second operand is a constant: see <see cref=\"HasImmediateForm\"/>.</param>");
        writer.Line("/// <param name=\"extend\">Of a condition op: 64 bits are stored. Of other ops: a 32-bit result is stored zero-extended, see <see cref=\"HasExtendedForm\"/>.</param>");
        writer.Open("public static Code Select(TcgContext context, in Op op, bool immediate, bool extend)");
        writer.Line("int t = op.Type == TcgType.I64 ? 1 : 0;");
        writer.Line("int cond = op.In0.IsValid ? ((int)op.Cond - 2) * 2 + Wide(context, op.In0) : 0;");
        writer.Line("return op.Opcode switch");
        writer.Open();
        foreach (OpDefinition op in scalar)
        {
            string index = op.HasCond ? "cond" : OpVariant.Of(op).Count() > 1 ? "t" : "0";
            string first = $"Code.{op.Opcode}{(op.HasCond ? "Eq" : "")}{Widths(op).First().Suffix}";
            string code = HasImmediateForm(op) ? $"(immediate ? {first}Imm : {first})" : first;
            if (op.HasCond)
            {
                string narrow = HasImmediateForm(op) ? $"(immediate ? {first}NarrowImm : {first}Narrow)" : first + "Narrow";
                writer.Line($"Opcode.{op.Opcode} => (Code)((int)(extend ? {code} : {narrow}) + {index}),");
                continue;
            }

            if (HasExtendedForm(op))
            {
                string extended = HasImmediateForm(op) ? $"(immediate ? {first}ExtImm : {first}Ext)" : first + "Ext";
                writer.Line($"Opcode.{op.Opcode} when extend => {extended},");
            }

            writer.Line($"Opcode.{op.Opcode} => (Code)((int){code} + {index}),");
        }

        writer.Line("Opcode.Brcond => (Code)((int)(immediate ? Code.BrcondEq32Imm : Code.BrcondEq32) + cond),");
        foreach (OpDefinition op in second)
        {
            List<SecondForm> forms = SecondForms(op).ToList();
            string wide = $"Wide(context, op.In{op.Operands.Select((o, i) => o.Kind == "s" ? i : 0).DefaultIfEmpty(0).Max()})";
            string index = (op.Call?.Suffix ?? "v") switch
            {
                "t" when forms[0].S != 0 => $"t + 2 * {wide}",
                "t" => "t",
                "s" when forms[0].T != 0 => $"t + 2 * {wide}",
                "s" => wide,
                "v" when forms[0].S != 0 => $"4 * {wide} + op.Vece",
                "v" when forms[0].T != 0 => "4 * t + op.Vece",
                "v" when op.IsFloatLanes => "op.Vece - 2",
                "v" => "op.Vece",
                _ => "0",
            };
            writer.Line($"Opcode.{op.Opcode} => (Code)((int)Code.{op.Opcode}{forms[0].Suffix} + {index}),");
        }

        writer.Line("_ => throw new InvalidOperationException($\"{op.Opcode} has no code\"),");
        writer.Close(";");
        writer.Close();
        writer.Line();
        writer.Line("private static int Wide(TcgContext context, Temp temp) => context.TypeOf(temp) == TcgType.I64 ? 1 : 0;");
        writer.Close();
        return writer.ToString();
    }

    private static string Loop(List<OpDefinition> scalar, IReadOnlyList<InterpreterCase> own)
    {
        OpWriter writer = Start();
        writer.Line("/// <summary>The interpreter's loop.</summary>");
        writer.Open("internal static unsafe class InterpreterLoop");
        writer.Line("/// <summary>Runs from <paramref name=\"ip\"/> to the TB's exit.</summary>");
        writer.Line("/// <param name=\"addressMask\">What is left of a guest address.</param>");
        writer.Line("/// <param name=\"addressLimit\">A masked guest address of this or more is outside the region.</param>");
        writer.Open("public static nint Run(Insn* ip, byte* env, ulong addressMask, ulong addressLimit)");
        writer.Open("while (true)");
        writer.Open("switch (ip->Code)");
        foreach (OpDefinition op in scalar)
        {
            foreach (string form in Forms(op))
            {
                bool immediate = form.EndsWith("Imm");
                string cond = form.Replace("Imm", "");
                foreach (OpVariant variant in Widths(op))
                {
                    Case(writer, Name(op, variant, form, ""), Statement(op, variant, cond, immediate, op.HasCond ? 64 : variant.ResultWidth));
                    if (op.HasCond)
                    {
                        Case(writer, Name(op, variant, form, "Narrow"), Statement(op, variant, cond, immediate, 32));
                    }
                }

                if (HasExtendedForm(op))
                {
                    OpVariant narrow = OpVariant.Of(op).First();
                    Case(writer, Name(op, narrow, form, "Ext"), Statement(op, narrow, cond, immediate, 64));
                }
            }
        }

        foreach (string form in CondForms(true))
        {
            bool immediate = form.EndsWith("Imm");
            string cond = form.Replace("Imm", "");
            foreach (int width in new[] { 32, 64 })
            {
                string b = immediate ? $"({CSharpExpression.TypeName(width)})ip->Imm" : Slot(width, "ip->B");
                writer.Line($"case Code.Brcond{cond}{width}{(immediate ? "Imm" : "")}:");
                writer.Indent();
                writer.Line($"ip = {Compare(cond, width, Slot(width, "ip->A"), b)} ? (Insn*)((byte*)ip + ip->D) : ip + 1;");
                writer.Line("continue;");
                writer.Unindent();
            }
        }

        foreach (InterpreterCase one in own)
        {
            string call = $"InterpreterCases.{one.Name}(env, ip{(one.TakesBounds ? ", addressMask, addressLimit" : "")})";
            writer.Line($"case Code.{one.Name}:");
            writer.Indent();
            switch (one.Returns)
            {
                case "void":
                    writer.Line(call + ";");
                    writer.Line("ip++;");
                    writer.Line("continue;");
                    break;
                case "bool":
                    writer.Open($"if (!{call})");
                    writer.Line("return TbExit.Exception;");
                    writer.Close();
                    writer.Line();
                    writer.Line("ip++;");
                    writer.Line("continue;");
                    break;
                case "nint":
                    writer.Line($"return {call};");
                    break;
                default:
                    writer.Line($"ip = {call};");
                    writer.Open("if (ip == null)");
                    writer.Line("return TbExit.Exception;");
                    writer.Close();
                    writer.Line();
                    writer.Line("continue;");
                    break;
            }

            writer.Unindent();
        }

        writer.Line("default:");
        writer.Indent();
        writer.Line("SecondLoop.Execute(ip, env);");
        writer.Line("ip++;");
        writer.Line("continue;");
        writer.Unindent();
        writer.Close();
        writer.Close();
        writer.Close();
        writer.Close();
        return writer.ToString();
    }

    private static void Case(OpWriter writer, string code, string statement)
    {
        writer.Line($"case Code.{code}:");
        writer.Indent();
        writer.Line(statement);
        writer.Line("ip++;");
        writer.Line("continue;");
        writer.Unindent();
    }

    private static string Statement(OpDefinition op, OpVariant variant, string cond, bool immediate, int stored)
    {
        // The variant of a condition op says what is compared; what is stored says what its t is.
        OpVariant widths = op.HasCond ? new OpVariant(op, stored, variant.T) : variant;
        string Leaf(string name)
        {
            int index = Find(op.Operands, name);
            if (index < 0)
            {
                return Immediate(Find(op.Immediates, name));
            }

            int width = widths.WidthOfName(name);
            return index == 1 && immediate ? $"({CSharpExpression.TypeName(width)})ip->Imm" : Slot(width, Place(index));
        }

        CSharpExpression? expression = null;
        expression = new CSharpExpression(
            widths,
            Leaf,
            test => Compare(cond, variant.T, expression!.Write(test.Arguments[1], variant.T), expression.Write(test.Arguments[2], variant.T)));
        return $"{Slot(stored, "ip->D")} = {expression.Write(op.Semantics!, widths.ResultWidth)};";
    }

    private static string Compare(string cond, int width, string a, string b)
    {
        string signed = width == 64 ? "(long)" : "(int)";
        return cond switch
        {
            "Eq" => $"{a} == {b}",
            "Ne" => $"{a} != {b}",
            "Lt" => $"{signed}{a} < {signed}{b}",
            "Ge" => $"{signed}{a} >= {signed}{b}",
            "Le" => $"{signed}{a} <= {signed}{b}",
            "Gt" => $"{signed}{a} > {signed}{b}",
            "Ltu" => $"{a} < {b}",
            "Geu" => $"{a} >= {b}",
            "Leu" => $"{a} <= {b}",
            "Gtu" => $"{a} > {b}",
            "TstEq" => $"({a} & {b}) == 0",
            _ => $"({a} & {b}) != 0",
        };
    }

    private static int Find(IReadOnlyList<OpParameter> parameters, string name) =>
        parameters.Select((p, i) => p.Name == name ? i : -1).DefaultIfEmpty(-1).Max();

    private static string Place(int operand) => operand switch
    {
        0 => "ip->A",
        1 => "ip->B",
        2 => "(int)ip->Imm",
        _ => "(int)(ip->Imm >> 32)",
    };

    private static string Immediate(int index) => index switch
    {
        0 => "(ip->Aux & 0xFF)",
        1 => "(ip->Aux >> 8)",
        _ => "(int)ip->Imm",
    };

    private static string Slot(int width, string place) => width switch
    {
        32 => $"*(uint*)(env + {place})",
        64 => $"*(ulong*)(env + {place})",
        _ => $"*(Vector128<byte>*)(env + {place})",
    };

    /// <summary>A code of the second switch.</summary>
    private sealed record SecondForm(int T, int S, int Lane, string Suffix);

    private static IEnumerable<SecondForm> SecondForms(OpDefinition op)
    {
        bool t = op.Result == "t" || op.Operands.Any(o => o.Kind == "t");
        bool s = op.Operands.Any(o => o.Kind == "s");
        bool lanes = op.Call is null || op.Call.Suffix == "v";
        foreach (int sWidth in s ? new[] { 32, 64 } : new[] { 0 })
        {
            foreach (int tWidth in t ? new[] { 32, 64 } : new[] { 0 })
            {
                foreach (int lane in op.IsFloatLanes ? new[] { 32, 64 } : lanes ? new[] { 8, 16, 32, 64 } : new[] { 0 })
                {
                    string suffix = (lane == 0 ? "" : "Lane" + lane) + (tWidth == 0 ? "" : "T" + tWidth) + (sWidth == 0 ? "" : "S" + sWidth);
                    yield return new SecondForm(tWidth, sWidth, lane, suffix);
                }
            }
        }
    }

    private static string Second(List<OpDefinition> second)
    {
        OpWriter writer = Start();
        writer.Line("/// <summary>The interpreter's cases for ops on vectors and floats.</summary>");
        writer.Open("internal static unsafe class SecondLoop");
        writer.Line("/// <summary>Executes one instruction.</summary>");
        writer.Open("public static void Execute(Insn* ip, byte* env)");
        writer.Open("switch (ip->Code)");
        foreach (OpDefinition op in second)
        {
            foreach (SecondForm form in SecondForms(op))
            {
                writer.Line($"case Code.{op.Opcode}{form.Suffix}:");
                writer.Indent();
                writer.Line(IsVector(op) ? $"VectorCases.{op.Opcode}{form.Suffix}(ip, env);" : CallStatement(op, op.Call!, form));
                writer.Line("return;");
                writer.Unindent();
            }
        }

        writer.Line("default:");
        writer.Indent();
        writer.Line("throw new InvalidOperationException($\"code {(int)ip->Code}\");");
        writer.Unindent();
        writer.Close();
        writer.Close();
        writer.Close();
        return writer.ToString();
    }

    /// <summary>
    /// A method for each vector case: code on vectors is not compiled ahead of time, and so only what a program needs is compiled at all.
    /// </summary>
    private static string Vectors(List<OpDefinition> second)
    {
        OpWriter writer = Start();
        writer.Line("/// <summary>The interpreter's cases for ops on vectors, a method each: the JIT compiles those that are met, the rest costs nothing.</summary>");
        writer.Open("internal static unsafe class VectorCases");
        foreach (OpDefinition op in second.Where(IsVector))
        {
            foreach (SecondForm form in SecondForms(op))
            {
                writer.Line($"public static void {op.Opcode}{form.Suffix}(Insn* ip, byte* env) =>");
                writer.Indent();
                writer.Line(op.Call is null ? LaneStatement(op, form) : CallStatement(op, op.Call, form));
                writer.Unindent();
                writer.Line();
            }
        }

        writer.Close();
        return writer.ToString();
    }

    private static string LaneStatement(OpDefinition op, SecondForm form)
    {
        int operand = 0;
        int immediate = 0;
        IEnumerable<string> arguments = op.Parameters.Where(p => p.Kind != "vece").Select(p => p.Kind switch
        {
            "v128" => Slot(128, Place(operand++)),
            "cond" => "(TcgCond)(ip->Aux & 0xFF)",
            _ => Immediate(immediate++),
        });
        return $"{Slot(128, "ip->D")} = VectorMath.{op.Opcode}{form.Lane}({string.Join(", ", arguments)});";
    }

    private static string CallStatement(OpDefinition op, OpTarget target, SecondForm form)
    {
        var variant = new OpVariant(op, form.T, form.S);
        IEnumerable<string> arguments = target.Arguments.Select(argument => argument switch
        {
            "env" => "env",
            "T" => form.T.ToString(),
            "S" => form.S.ToString(),
            _ when Find(op.Operands, argument) is >= 0 and var index => Slot(variant.WidthOfName(argument), Place(index)),
            _ => $"(ulong){Immediate(Find(op.Immediates, argument))}",
        });
        string suffix = target.Suffix switch
        {
            "t" => form.T.ToString(),
            "s" => form.S.ToString(),
            "v" => form.Lane.ToString(),
            _ => "",
        };
        int result = variant.ResultWidth;
        string cast = result == 32 ? "(uint)" : "";
        return $"{Slot(result, "ip->D")} = {cast}{target.Method}{suffix}({string.Join(", ", arguments)});";
    }
}
