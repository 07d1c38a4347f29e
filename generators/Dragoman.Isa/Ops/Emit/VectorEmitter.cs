using System;
using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>
/// Emits <c>VectorMath</c>: a method for each lane op and lane width, on <c>Vector128&lt;byte&gt;</c>, which interpreter and IL both call.
/// </summary>
internal static class VectorEmitter
{
    private static readonly string[] Unsigned = { "Byte", "UInt16", "UInt32", "UInt64" };
    private static readonly string[] Signed = { "SByte", "Int16", "Int32", "Int64" };

    public static string Emit(OpTable table)
    {
        var writer = new OpWriter();
        writer.Line("using System.Runtime.CompilerServices;");
        writer.Line("using System.Runtime.Intrinsics;");
        writer.Line();
        writer.Line("namespace Dragoman.Tcg.Ir;");
        writer.Line();
        writer.Open("public static partial class VectorMath");
        foreach (OpDefinition op in table.Ops.Where(o => o.IsLanes && o.Semantics is not null))
        {
            for (int vece = 0; vece < 4; vece++)
            {
                writer.Line($"/// <summary><c>{op.Name}</c> on lanes of {8 << vece} bits.</summary>");
                writer.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
                writer.Line($"public static Vector128<byte> {op.Opcode}{8 << vece}({string.Join(", ", Parameters(op))}) =>");
                writer.Indent();
                writer.Line($"{Write(op, op.Semantics!, vece)}.AsByte();");
                writer.Unindent();
                writer.Line();
            }
        }

        writer.Close();
        return writer.ToString();
    }

    /// <summary>Parameters of a lane op's method: condition, vectors, counts, in the table's order.</summary>
    public static IEnumerable<string> Parameters(OpDefinition op) => op.Parameters.Where(p => p.Kind != "vece").Select(p => p.Kind switch
    {
        "v128" => $"Vector128<byte> {p.Name}",
        "cond" => $"TcgCond {p.Name}",
        _ => $"int {p.Name}",
    });

    private static string Write(OpDefinition op, OpExpression expression, int vece)
    {
        string AsSigned(OpExpression e) => $"{Write(op, e, vece)}.As{Signed[vece]}()";
        string AsUnsigned(string text) => $"{text}.As{Unsigned[vece]}()";
        switch (expression)
        {
            case OpName name:
                return AsUnsigned(name.Name);
            case OpUnary unary:
                return $"({unary.Operator}{Write(op, unary.Operand, vece)})";
            case OpBinary { Operator: "<<" or ">>" or ">>s" } shift:
                bool byVector = shift.Right is OpName right && op.Operands.Any(o => o.Name == right.Name);
                string count = byVector ? Write(op, shift.Right, vece) : ((OpName)shift.Right).Name;
                string method = CSharpExpression.Method(shift.Operator).Replace("BitMath", "LaneMath");
                return $"{method}({Write(op, shift.Left, vece)}, {count})";
            case OpBinary binary:
                return $"({Write(op, binary.Left, vece)} {binary.Operator} {Write(op, binary.Right, vece)})";
            case OpConditional { Condition: OpCall { Function: "test" } test, WhenTrue: OpUnary { Operator: "-", Operand: OpNumber { Value: 1 } }, WhenFalse: OpNumber { Value: 0 } }:
                return $"LaneMath.Compare({((OpName)test.Arguments[0]).Name}, {Write(op, test.Arguments[1], vece)}, {Write(op, test.Arguments[2], vece)})";
            case OpCall { Function: "abs" } abs:
                return AsUnsigned($"Vector128.Abs({AsSigned(abs.Arguments[0])})");
            case OpCall call:
                bool signed = call.Function[0] == 's';
                string name128 = call.Function.Substring(1) switch
                {
                    "min" => "Min",
                    "max" => "Max",
                    "sadd" => "AddSaturate",
                    "ssub" => "SubtractSaturate",
                    _ => throw new InvalidOperationException($"no lane function '{call.Function}'"),
                };
                return AsUnsigned($"Vector128.{name128}({string.Join(", ", call.Arguments.Select(a => signed ? AsSigned(a) : Write(op, a, vece)))})");
            default:
                throw new InvalidOperationException(expression.ToString());
        }
    }
}
