using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Emits the constant folder: a method for each scalar op and one that dispatches on an op.</summary>
internal static class FolderEmitter
{
    public static string Emit(OpTable table)
    {
        List<OpDefinition> ops = table.Ops.Where(o => o.IsScalarSemantic).ToList();
        var writer = new OpWriter();
        writer.Line("namespace Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Line("/// <summary>Values of ops on constants. Values are zero-extended from their types, and so are results.</summary>");
        writer.Open("public static class ConstantFolder");
        foreach (OpDefinition op in ops)
        {
            Method(writer, op);
        }

        TryFold(writer, ops);
        writer.Close();
        return writer.ToString();
    }

    private static void Method(OpWriter writer, OpDefinition op)
    {
        List<OpVariant> variants = OpVariant.Of(op).ToList();
        writer.Line($"/// <summary>Value of <c>{op.Name}</c>.</summary>");
        writer.Line($"public static ulong {op.Opcode}({string.Join(", ", Parameters(op))}) =>");
        writer.Indent();
        for (int i = 0; i < variants.Count; i++)
        {
            OpVariant variant = variants[i];
            string call = $"{op.Opcode}{variant.Suffix}{(variants.Count == 1 ? "Value" : "")}({string.Join(", ", op.Parameters.Select(p => Argument(variant, p)))})";
            if (i == variants.Count - 1)
            {
                writer.Line(call + ";");
                continue;
            }

            IEnumerable<string> tests = new[] { variant.T == 0 ? "" : $"t == TcgType.I{variant.T}", variant.S == 0 ? "" : $"s == TcgType.I{variant.S}" }.Where(x => x.Length > 0);
            writer.Line($"{string.Join(" && ", tests)} ? {call} :");
        }

        writer.Unindent();
        writer.Line();
        foreach (OpVariant variant in variants)
        {
            var expression = new CSharpExpression(variant, name => name);
            int width = variant.ResultWidth;
            writer.Line(
                $"private static {CSharpExpression.TypeName(width)} {op.Opcode}{variant.Suffix}{(variants.Count == 1 ? "Value" : "")}"
                + $"({string.Join(", ", op.Parameters.Select(p => Parameter(variant, p)))}) => {expression.Write(op.Semantics!, width)};");
            writer.Line();
        }
    }

    private static IEnumerable<string> Parameters(OpDefinition op)
    {
        if (op.HasType)
        {
            yield return "TcgType t";
        }

        if (op.Operands.Any(o => o.Kind == "s"))
        {
            yield return "TcgType s";
        }

        foreach (OpParameter parameter in op.Parameters)
        {
            yield return parameter.Kind switch
            {
                "cond" => $"TcgCond {parameter.Name}",
                "int" => $"int {parameter.Name}",
                _ => $"ulong {parameter.Name}",
            };
        }
    }

    private static string Argument(OpVariant variant, OpParameter parameter) =>
        variant.WidthOfName(parameter.Name) == 32 ? $"(uint){parameter.Name}" : parameter.Name;

    private static string Parameter(OpVariant variant, OpParameter parameter) => parameter.Kind switch
    {
        "cond" => $"TcgCond {parameter.Name}",
        "int" => $"int {parameter.Name}",
        _ => $"{CSharpExpression.TypeName(variant.WidthOfName(parameter.Name))} {parameter.Name}",
    };

    private static void TryFold(OpWriter writer, List<OpDefinition> ops)
    {
        writer.Line("/// <summary>Folds <paramref name=\"op\"/> when it has scalar semantics and all its inputs are constants.</summary>");
        writer.Open("public static bool TryFold(TcgContext context, in Op op, out ulong value)");
        writer.Line("value = 0;");
        writer.Line("OpInfo info = OpInfo.Of(op.Opcode);");
        writer.Line("ulong a = 0, b = 0, c = 0, d = 0;");
        writer.Open(
            "if (!info.Has(OpFlags.Semantic) || !context.TryConst(op.In0, out a) || (info.Inputs > 1 && !context.TryConst(op.In1, out b))"
            + " || (info.Inputs > 2 && !context.TryConst(op.In2, out c)) || (info.Inputs > 3 && !context.TryConst(op.In3, out d)))");
        writer.Line("return false;");
        writer.Close();
        writer.Line();
        writer.Line("value = op.Opcode switch");
        writer.Open();
        foreach (OpDefinition op in ops)
        {
            var arguments = new List<string>();
            if (op.HasType)
            {
                arguments.Add("op.Type");
            }

            if (op.Operands.Any(o => o.Kind == "s"))
            {
                arguments.Add("context.TypeOf(op.In0)");
            }

            int operand = 0;
            int immediate = 0;
            foreach (OpParameter parameter in op.Parameters)
            {
                arguments.Add(parameter.Kind switch
                {
                    "cond" => "op.Cond",
                    "int" => $"(int)op.Imm{immediate++}",
                    _ => "abcd"[operand++].ToString(),
                });
            }

            writer.Line($"Opcode.{op.Opcode} => {op.Opcode}({string.Join(", ", arguments)}),");
        }

        writer.Line("_ => throw new InvalidOperationException(info.Name),");
        writer.Close(";");
        writer.Line("return true;");
        writer.Close();
    }
}
