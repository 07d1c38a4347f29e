using System;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>Writes C# that emits the IL of a scalar semantic expression, leaving its value on the evaluation stack.</summary>
internal sealed class IlExpression
{
    private readonly OpVariant _variant;
    private readonly OpWriter _writer;
    private readonly CSharpExpression _static;
    private int _labels;

    public IlExpression(OpVariant variant, OpWriter writer)
    {
        _variant = variant;
        _writer = writer;
        _static = new CSharpExpression(variant, name => $"(int)op.Imm{IndexOf(variant.Op.Immediates, name)}");
    }

    public void Write(OpExpression expression, int width)
    {
        if (_variant.IsStatic(expression))
        {
            _writer.Line(width == 64
                ? $"il.Emit(OpCodes.Ldc_I8, unchecked((long){_static.Write(expression, 64)}));"
                : $"il.Emit(OpCodes.Ldc_I4, unchecked((int){_static.Write(expression, 32)}));");
            return;
        }

        switch (expression)
        {
            case OpName name:
                _writer.Line($"context.Push(op.In{IndexOf(_variant.Op.Operands, name.Name)});");
                break;
            case OpUnary unary:
                Write(unary.Operand, width);
                Emit(unary.Operator == "-" ? "Neg" : "Not");
                break;
            case OpBinary { Operator: "<<" or ">>" or ">>s" } shift:
                Shift(shift, width);
                break;
            case OpBinary binary:
                Write(binary.Left, width);
                Write(binary.Right, width);
                Emit(binary.Operator switch
                {
                    "+" => "Add",
                    "-" => "Sub",
                    "*" => "Mul",
                    "&" => "And",
                    "|" => "Or",
                    "^" => "Xor",
                    "/s" => "Div",
                    "/u" => "Div_Un",
                    "%s" => "Rem",
                    "%u" => "Rem_Un",
                    _ => throw new InvalidOperationException($"no IL for '{binary.Operator}' as a value"),
                });
                break;
            case OpConditional conditional:
                Conditional(conditional, width);
                break;
            case OpCall call:
                Call(call, width);
                break;
            default:
                throw new InvalidOperationException(expression.ToString());
        }
    }

    public static int IndexOf(System.Collections.Generic.IReadOnlyList<OpParameter> parameters, string name) =>
        parameters.Select((p, i) => (p.Name, i)).First(x => x.Name == name).i;

    private void Emit(string opcode) => _writer.Line($"il.Emit(OpCodes.{opcode});");

    private void Shift(OpBinary shift, int width)
    {
        string opcode = "OpCodes." + shift.Operator switch
        {
            "<<" => "Shl",
            ">>" => "Shr_Un",
            _ => "Shr",
        };
        Write(shift.Left, width);
        if (_variant.IsStatic(shift.Right))
        {
            _writer.Line($"ShiftEmission.ByConstant(il, {opcode}, (ulong){_static.Static(shift.Right)}, {width});");
            return;
        }

        int operand = IndexOf(_variant.Op.Operands, ((OpName)shift.Right).Name);
        _writer.Line($"ShiftEmission.ByTemp(context, {opcode}, op.In{operand}, {width}, op.HasCountInRange, {Method(shift.Operator, width, 2)});");
    }

    private void Conditional(OpConditional conditional, int width)
    {
        bool isOne = conditional.WhenTrue is OpNumber { Value: 1 };
        bool isMinusOne = conditional.WhenTrue is OpUnary { Operator: "-", Operand: OpNumber { Value: 1 } };
        if (conditional.Condition is OpCall { Function: "test" } test && conditional.WhenFalse is OpNumber { Value: 0 } && (isOne || isMinusOne))
        {
            int compared = _variant.WidthOf(test.Arguments[1]);
            Write(test.Arguments[1], compared);
            Write(test.Arguments[2], compared);
            _writer.Line($"ConditionEmission.Test(il, op.Cond, {(compared == 64 ? "true" : "false")});");
            if (width == 64)
            {
                Emit("Conv_U8");
            }

            if (isMinusOne)
            {
                Emit("Neg");
            }

            return;
        }

        string whenTrue = $"whenTrue{_labels}";
        string end = $"end{_labels++}";
        _writer.Line($"System.Reflection.Emit.Label {whenTrue} = il.DefineLabel();");
        _writer.Line($"System.Reflection.Emit.Label {end} = il.DefineLabel();");
        Branch(conditional.Condition, whenTrue);
        Write(conditional.WhenFalse, width);
        _writer.Line($"il.Emit(OpCodes.Br, {end});");
        _writer.Line($"il.MarkLabel({whenTrue});");
        Write(conditional.WhenTrue, width);
        _writer.Line($"il.MarkLabel({end});");
    }

    private void Branch(OpExpression condition, string label)
    {
        (OpExpression left, OpExpression right, string cond) = condition switch
        {
            OpCall { Function: "test" } call => (call.Arguments[1], call.Arguments[2], "op.Cond"),
            OpBinary binary => (binary.Left, binary.Right, "TcgCond." + binary.Operator switch
            {
                "==" => "Eq",
                "!=" => "Ne",
                "<u" => "Ltu",
                "<=u" => "Leu",
                ">u" => "Gtu",
                ">=u" => "Geu",
                "<s" => "Lt",
                "<=s" => "Le",
                ">s" => "Gt",
                ">=s" => "Ge",
                _ => throw new InvalidOperationException($"no condition '{binary.Operator}'"),
            }),
            _ => throw new InvalidOperationException(condition.ToString()),
        };
        int compared = Math.Max(_variant.WidthOf(left), _variant.WidthOf(right));
        Write(left, compared);
        Write(right, compared);
        _writer.Line($"ConditionEmission.Branch(il, {cond}, {(compared == 64 ? "true" : "false")}, {label});");
    }

    private void Call(OpCall call, int width)
    {
        switch (call.Function)
        {
            case "sx":
                Write(call.Arguments[0], 32);
                Emit("Conv_I8");
                break;
            case "zx":
                Write(call.Arguments[0], 32);
                Emit("Conv_U8");
                break;
            case "lo":
                Write(call.Arguments[0], 64);
                Emit("Conv_I4");
                break;
            default:
                foreach (OpExpression argument in call.Arguments)
                {
                    Write(argument, width);
                }

                _writer.Line($"il.Emit(OpCodes.Call, {Method(call.Function, width, call.Arguments.Count)});");
                break;
        }
    }

    private static string Method(string function, int width, int arguments) =>
        $"OpMethods.Bits(nameof({CSharpExpression.Method(function)}), {arguments}, {(width == 64 ? "true" : "false")})";
}
