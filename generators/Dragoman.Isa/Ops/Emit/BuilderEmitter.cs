using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Emits the typed builder: one method of <c>TcgContext</c> an op, folding constants as it emits.</summary>
internal static class BuilderEmitter
{
    public static string Emit(OpTable table)
    {
        var writer = new OpWriter();
        writer.Line("using Dragoman.Tcg.Abi;");
        writer.Line("using Dragoman.Tcg.Float;");
        writer.Line();
        writer.Line("namespace Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Open("public sealed partial class TcgContext");
        bool first = true;
        foreach (OpDefinition op in table.Ops.Where(o => !o.Is("manual")))
        {
            if (!first)
            {
                writer.Line();
            }

            first = false;
            Method(writer, op);
        }

        writer.Close();
        return writer.ToString();
    }

    private static void Method(OpWriter writer, OpDefinition op)
    {
        bool result = op.Result is not null;
        writer.Line(op.Semantics is null
            ? $"/// <summary>Emits <c>{op.Name}</c>.</summary>"
            : $"/// <summary>Emits <c>{op.Name}</c>{(op.IsScalarSemantic ? ", or folds it" : "")}.</summary>");
        writer.Open($"public {(result ? "Temp" : "void")} {op.Method}({string.Join(", ", Signature(op))})");
        if (op.IsScalarSemantic && op.Operands.Count > 0)
        {
            string constant = string.Join(" && ", op.Operands.Select(o => $"TryConst({o.Name}, out ulong {o.Name}Value)"));
            writer.Open($"if ({constant})");
            writer.Line($"return Const({ResultType(op)}, ConstantFolder.{op.Opcode}({string.Join(", ", FolderArguments(op))}));");
            writer.Close();
            writer.Line();
        }

        if (result)
        {
            writer.Line($"Temp result = NewEbbTemp({ResultType(op)});");
        }

        writer.Line($"ref Op op = ref Append(Opcode.{op.Opcode}, {OpType(op)});");
        if (result)
        {
            writer.Line("op.Out0 = result;");
        }

        for (int i = 0; i < op.Operands.Count; i++)
        {
            writer.Line($"op.In{i} = {op.Operands[i].Name};");
        }

        for (int i = 0; i < op.Immediates.Count; i++)
        {
            writer.Line($"op.Imm{i} = (long){Name(op.Immediates[i])};");
        }

        foreach (OpParameter parameter in op.Parameters)
        {
            switch (parameter.Kind)
            {
                case "cond":
                    writer.Line($"op.Cond = {parameter.Name};");
                    break;
                case "label":
                    writer.Line($"op.Label = {parameter.Name};");
                    break;
                case "vece":
                    writer.Line($"op.Vece = (byte){parameter.Name};");
                    break;
            }
        }

        if (result)
        {
            writer.Line("return result;");
        }

        writer.Close();
    }

    private static string Name(OpParameter parameter) => parameter.Name == "op" ? "memOp" : parameter.Name;

    private static string OpType(OpDefinition op) => op.HasType ? "t" : op.Result switch
    {
        "i32" => "TcgType.I32",
        "v128" => "TcgType.V128",
        _ => "TcgType.I64",
    };

    private static string ResultType(OpDefinition op) => op.Result switch
    {
        "i32" => "TcgType.I32",
        "i64" => "TcgType.I64",
        "v128" => "TcgType.V128",
        _ => "t",
    };

    private static IEnumerable<string> Signature(OpDefinition op)
    {
        if (op.HasType)
        {
            yield return "TcgType t";
        }

        foreach (OpParameter parameter in op.Parameters)
        {
            yield return parameter.Kind switch
            {
                "cond" => $"TcgCond {parameter.Name}",
                "label" => $"Label {parameter.Name}",
                "vece" or "int" => $"int {parameter.Name}",
                "long" or "ulong" or "nint" => $"{parameter.Kind} {parameter.Name}",
                "memop" => $"MemOp {Name(parameter)}",
                "barrier" => $"MemBarrier {parameter.Name}",
                "rounding" => $"FpRounding {parameter.Name} = FpRounding.Dynamic",
                "overflow" => $"IntegerOverflow {parameter.Name} = IntegerOverflow.Saturate",
                _ => $"Temp {parameter.Name}",
            };
        }
    }

    /// <summary>The folder's parameters: widths, condition, values, immediates.</summary>
    private static IEnumerable<string> FolderArguments(OpDefinition op)
    {
        if (op.HasType)
        {
            yield return "t";
        }

        OpParameter? compared = op.Operands.FirstOrDefault(o => o.Kind == "s");
        if (compared is not null)
        {
            yield return $"TypeOf({compared.Name})";
        }

        foreach (OpParameter parameter in op.Parameters)
        {
            yield return op.Operands.Contains(parameter) ? parameter.Name + "Value" : parameter.Name;
        }
    }
}
