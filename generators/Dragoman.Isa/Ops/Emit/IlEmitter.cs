using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Emits <c>OpEmitter.TryEmit</c>: the IL of every op that the table defines by an expression or a C# method.</summary>
internal static class IlEmitter
{
    public static string Emit(OpTable table)
    {
        List<OpDefinition> ops = table.Ops.Where(o => o.Semantics is not null || o.Call is not null).ToList();
        var writer = new OpWriter();
        writer.Line("using System.Reflection.Emit;");
        writer.Line("using Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Line("namespace Dragoman.Tcg.Il;");
        writer.Line();
        writer.Line("/// <summary>IL of the ops that the op table defines.</summary>");
        writer.Open("internal static class OpEmitter");
        writer.Line("/// <summary>Emits <paramref name=\"op\"/>, or returns false when it is the backend's own.</summary>");
        writer.Open("public static bool TryEmit(in Op op, IlOpContext context)");
        writer.Open("switch (op.Opcode)");
        foreach (OpDefinition op in ops)
        {
            writer.Line($"case Opcode.{op.Opcode}:");
            writer.Indent();
            writer.Line($"{op.Opcode}(op, context);");
            writer.Line("return true;");
            writer.Unindent();
        }

        writer.Line("default:");
        writer.Indent();
        writer.Line("return false;");
        writer.Unindent();
        writer.Close();
        writer.Close();
        foreach (OpDefinition op in ops)
        {
            writer.Line();
            writer.Open($"private static void {op.Opcode}(in Op op, IlOpContext context)");
            writer.Line("ILGenerator il = context.Il;");
            if (op.Call is not null)
            {
                Call(writer, op, op.Call);
            }
            else if (op.IsLanes)
            {
                Lanes(writer, op);
            }
            else
            {
                Scalar(writer, op);
            }

            writer.Line("context.Pop(op.Out0);");
            writer.Close();
        }

        writer.Close();
        return writer.ToString();
    }

    private static void Scalar(OpWriter writer, OpDefinition op)
    {
        List<OpVariant> variants = OpVariant.Of(op).ToList();
        List<string> texts = variants.Select(v =>
        {
            var one = new OpWriter();
            new IlExpression(v, one).Write(op.Semantics!, v.ResultWidth);
            return one.ToString();
        }).ToList();
        if (texts.All(t => t == texts[0]))
        {
            new IlExpression(variants[0], writer).Write(op.Semantics!, variants[0].ResultWidth);
            return;
        }

        for (int i = 0; i < variants.Count; i++)
        {
            OpVariant variant = variants[i];
            IEnumerable<string> tests = new[]
            {
                variant.T == 0 ? "" : $"op.Type == TcgType.I{variant.T}",
                variant.S == 0 ? "" : $"context.Tcg.TypeOf(op.In0) == TcgType.I{variant.S}",
            }.Where(x => x.Length > 0);
            writer.Open(i == variants.Count - 1 ? "else" : $"{(i == 0 ? "" : "else ")}if ({string.Join(" && ", tests)})");
            new IlExpression(variant, writer).Write(op.Semantics!, variant.ResultWidth);
            writer.Close();
        }
    }

    private static void Lanes(OpWriter writer, OpDefinition op)
    {
        int operand = 0;
        int immediate = 0;
        foreach (OpParameter parameter in op.Parameters)
        {
            switch (parameter.Kind)
            {
                case "vece":
                    break;
                case "cond":
                    writer.Line("il.Emit(OpCodes.Ldc_I4, (int)op.Cond);");
                    break;
                case "int":
                    writer.Line($"il.Emit(OpCodes.Ldc_I4, (int)op.Imm{immediate++});");
                    break;
                default:
                    writer.Line($"context.Push(op.In{operand++});");
                    break;
            }
        }

        writer.Line($"il.Emit(OpCodes.Call, OpMethods.Vector(\"{op.Opcode}\" + (8 << op.Vece)));");
    }

    private static void Call(OpWriter writer, OpDefinition op, OpTarget target)
    {
        foreach (string argument in target.Arguments)
        {
            OpParameter? operand = op.Operands.FirstOrDefault(o => o.Name == argument);
            switch (argument)
            {
                case "env":
                    writer.Line("context.PushEnv();");
                    break;
                case "T":
                    writer.Line($"il.Emit(OpCodes.Ldc_I8, {Width("op.Type")});");
                    break;
                case "S":
                    writer.Line($"il.Emit(OpCodes.Ldc_I8, {Width("context.Tcg.TypeOf(op.In0)")});");
                    break;
                default:
                    if (operand is null)
                    {
                        writer.Line($"il.Emit(OpCodes.Ldc_I8, op.Imm{IlExpression.IndexOf(op.Immediates, argument)});");
                        break;
                    }

                    int index = IlExpression.IndexOf(op.Operands, argument);
                    writer.Line($"context.Push(op.In{index});");
                    Extend(writer, op, operand.Kind, index);
                    break;
            }
        }

        string[] name = target.Method.Split('.');
        string suffix = target.Suffix switch
        {
            "t" => " + (op.Type == TcgType.I64 ? \"64\" : \"32\")",
            "s" => " + (context.Tcg.TypeOf(op.In0) == TcgType.I64 ? \"64\" : \"32\")",
            "v" => " + (8 << op.Vece)",
            _ => "",
        };
        writer.Line($"il.Emit(OpCodes.Call, OpMethods.{(name[0] == "VectorMath" ? "Vector" : "Float")}(\"{name[1]}\"{suffix}));");
        switch (op.Result)
        {
            case "i32":
                writer.Line("il.Emit(OpCodes.Conv_I4);");
                break;
            case "t":
                writer.Open("if (op.Type == TcgType.I32)");
                writer.Line("il.Emit(OpCodes.Conv_I4);");
                writer.Close();
                break;
        }
    }

    private static string Width(string type) => $"{type} == TcgType.I64 ? 64L : 32L";

    /// <summary>Methods take scalars as ulong, zero-extended.</summary>
    private static void Extend(OpWriter writer, OpDefinition op, string kind, int index)
    {
        switch (kind)
        {
            case "i32":
                writer.Line("il.Emit(OpCodes.Conv_U8);");
                break;
            case "t" or "s":
                writer.Open(kind == "t" ? "if (op.Type == TcgType.I32)" : $"if (context.Tcg.TypeOf(op.In{index}) == TcgType.I32)");
                writer.Line("il.Emit(OpCodes.Conv_U8);");
                writer.Close();
                break;
        }
    }
}
