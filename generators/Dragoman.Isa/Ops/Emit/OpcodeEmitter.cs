using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Emits the <c>Opcode</c> enumeration and the info table.</summary>
internal static class OpcodeEmitter
{
    public static string Opcodes(OpTable table)
    {
        var writer = new OpWriter();
        writer.Line("namespace Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Line("/// <summary>The ops, in the order of <c>isa/tcg/ops.tcg</c>.</summary>");
        writer.Open("public enum Opcode : byte");
        writer.Line("/// <summary>A removed op.</summary>");
        writer.Line("Nop,");
        foreach (OpDefinition op in table.Ops)
        {
            writer.Line($"/// <summary><c>{op.Name}</c></summary>");
            writer.Line($"{op.Opcode},");
        }

        writer.Close();
        return writer.ToString();
    }

    public static string Info(OpTable table)
    {
        var writer = new OpWriter();
        writer.Line("namespace Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Open("public sealed partial record OpInfo");
        writer.Line("private static readonly OpInfo[] Table =");
        writer.Line("[");
        writer.Indent();
        writer.Line("new(\"nop\", 0, 0, 0, false, false, OpFlags.None),");
        foreach (OpDefinition op in table.Ops)
        {
            writer.Line(
                $"new(\"{op.Name}\", {(op.Result is null ? 0 : 1)}, {op.Operands.Count}, {op.Immediates.Count}, "
                + $"{Bool(op.HasCond)}, {Bool(op.HasLabel)}, {string.Join(" | ", Flags(op))}),");
        }

        writer.Unindent();
        writer.Line("];");
        writer.Close();
        return writer.ToString();
    }

    private static string Bool(bool value) => value ? "true" : "false";

    private static IEnumerable<string> Flags(OpDefinition op)
    {
        IEnumerable<string> flags = op.Attributes.Where(a => a != "manual").Select(Flag);
        if (op.IsScalarSemantic)
        {
            flags = flags.Append("OpFlags.Semantic");
        }

        return flags.DefaultIfEmpty("OpFlags.None");
    }

    private static string Flag(string attribute) => "OpFlags." + attribute switch
    {
        "commutes" => "Commutes",
        "effects" => "SideEffects",
        "faults" => "Faults",
        "branches" => "Branches",
        "ends" => "EndsBlock",
        "float" => "Float",
        "lanes" => "Lanes",
        "env.r" => "ReadsEnv",
        "env.w" => "WritesEnv",
        "mem.r" => "ReadsMemory",
        _ => "WritesMemory",
    };
}
