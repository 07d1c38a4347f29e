using System.Globalization;
using System.Numerics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Prints bound expressions as C#. A run-time operation is a call of the builder <c>insn</c>; the same text serves the frontend,
/// where a value is a temp, and the oracle, where it is the value itself: only the types differ.
/// </summary>
internal sealed class CSharpExpressionPrinter(string valueType, string pc = "insn.Pc", string instruction = "insn.Code")
{
    // Operators of ints and truth values; those of values with a width are methods of Static, which keep to the width.
    private static readonly Dictionary<string, string> s_infix = new()
    {
        ["Add"] = "+", ["Sub"] = "-", ["Mul"] = "*", ["Div"] = "/", ["Rem"] = "%", ["And"] = "&", ["Or"] = "|", ["Xor"] = "^",
        ["Lt"] = "<", ["Le"] = "<=", ["Gt"] = ">", ["Ge"] = ">=", ["Eq"] = "==", ["Ne"] = "!=", ["AndAlso"] = "&&", ["OrElse"] = "||",
    };

    /// <summary>C# type of a run-time value.</summary>
    public string ValueType { get; } = valueType;

    /// <summary>C# type of a value of this type and time.</summary>
    public string TypeName(IsaType type, BindingTime time) => type.Kind switch
    {
        TypeKind.Void => "void",
        TypeKind.Order => "MemOp",
        TypeKind.Text => "string",
        TypeKind.Tuple => "(" + string.Join(", ", type.Items.Select(i => TypeName(i, time))) + ")",
        TypeKind.Int => "long",
        _ when time == BindingTime.Run => ValueType,
        TypeKind.Bool => "bool",
        _ => type.Width > 64 ? "UInt128" : "ulong",
    };

    public string TypeName(BoundExpression value) => TypeName(value.Type, value.Time);

    /// <summary>The expression, in parentheses where it needs them to be an operand.</summary>
    public string Print(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundConstant constant:
                return Constant(constant);
            case BoundOrder order:
                return order.MemOp == "0" ? "default(MemOp)" : order.MemOp;
            case BoundText text:
                return Text(text);
            case BoundLocal local:
                return local.Symbol.Name;
            case BoundReference reference:
                return "ref " + reference.Symbol.Name;
            case BoundPc { IsNext: true }:
                return instruction == "insn.Code" ? "insn.NextPc" : $"({pc} + {instruction}.Length)";
            case BoundPc:
                return pc;
            case BoundField field:
                return $"{instruction}.{Identifier(field.Name)}";
            case BoundTbState state:
                return $"insn.TbState({state.Low}, {state.Width})";
            case BoundOperandRead read:
                return $"Operand_{read.Width}(insn, in {instruction}.{(read.Number == 0 ? "Source" : "Operand" + read.Number)})";
            case BoundOperandPart part:
                return $"OperandPart(insn, in {instruction}.Operand{part.Number}, {Print(part.Part)})";
            case BoundOperandAddress address:
                return $"OperandAddress(insn, in {instruction}.Operand{address.Number})";
            case BoundOperandIsMemory place:
                return $"{instruction}.Operand{place.Number}.IsMemory";
            case BoundOperandText { Number: 0 }:
                return $"FirstText(in {instruction}, pc)";
            case BoundOperandText text:
                return $"OperandText(in {instruction}, in {instruction}.Operand{text.Number}, pc)";
            case BoundRmw update:
                return $"Rmw_{update.Width}(insn, in {instruction}.Operand{update.Number}, {Print(update.Function)})";
            case BoundCpuFeature feature:
                return $"insn.Cpu.Has((ulong)({string.Join(" | ", feature.WithNeeds.Select(f => "Feature." + f))}))";
            case BoundCpuValue value:
                return $"insn.Cpu.Values[CpuModels.{value.Name}]";
            case BoundLift lift:
                return $"insn.Const({lift.Type.Width}, {Print(lift.Value)})";
            case BoundRegisterRead read:
                return read.Register.InMemory
                    ? $"insn.GetMemory({Offset(read.Register, read.Index)}, {read.Register.Width})"
                    : $"insn.Get({Index(read.Register, read.Index)})";
            case BoundRegisterPart part:
                return $"insn.GetMemoryPart({Offset(part.Register, part.Index)}, {Print(part.Position)}, {part.Width})";
            case BoundConditional conditional:
                return $"({Print(conditional.Condition)} ? {Print(conditional.WhenTrue)} : {Print(conditional.WhenFalse)})";
            case BoundMatch match:
                return Match(match);
            case BoundCall call:
                return $"{call.Function.Name}({string.Join(", ", call.Arguments.Select(Print).Prepend("insn"))})";
            case BoundStaticCall call:
                return $"StaticFunctions.{Identifier(call.Function.Syntax.Name.Text)}({string.Join(", ", call.Arguments.Select(Print).Prepend(call.Function.UsesInstruction ? "in " + instruction : "").Where(a => a.Length > 0))})";
            case BoundHelperCall call:
                return $"insn.Call({string.Join(", ", call.Arguments.Select(Print).Prepend(call.Helper.ResultType.Width.ToString()).Prepend("Helpers.Info." + call.Helper.Name))})";
            case BoundTuple tuple:
                return "(" + string.Join(", ", tuple.Items.Select(Print)) + ")";
            case BoundLambda lambda:
                return $"({string.Join(", ", lambda.Parameters.Select(p => p.Name))}) => {Print(lambda.Body)}";
            case BoundTableAccess table:
                return Table(table);
            case BoundOperation operation:
                return Operation(operation);
            default:
                throw new InvalidOperationException("No C# for " + expression.GetType().Name);
        }
    }

    /// <summary>A C# identifier for a declared name.</summary>
    public static string Identifier(string name) => name is "fixed" or "base" or "in" or "out" or "ref" or "is" or "as" or "new" or "this" or "lock" ? "@" + name : name;

    private static string Constant(BoundConstant constant)
    {
        if (constant.Type.IsBool)
        {
            return constant.Value.IsZero ? "false" : "true";
        }

        BigInteger value = constant.Value;
        if (constant.Type.IsBits)
        {
            return constant.Type.Width > 64
                ? $"new UInt128({Hex(value >> 64)}UL, {Hex(value & ulong.MaxValue)}UL)"
                : Hex(value) + "UL";
        }

        return value < 0 ? value < int.MinValue ? $"({value}L)" : $"({value})" : value <= int.MaxValue ? value.ToString(CultureInfo.InvariantCulture)
            : value <= long.MaxValue ? Hex(value) + "L" : $"unchecked((long){Hex(value & ulong.MaxValue)}UL)";
    }

    private static string Hex(BigInteger value) => value < 10 ? value.ToString(CultureInfo.InvariantCulture) : "0x" + ((ulong)value).ToString("X", CultureInfo.InvariantCulture);

    private string Text(BoundText text)
    {
        if (text.Parts.Count == 0)
        {
            return "\"\"";
        }

        if (text.Parts.All(p => p.Literal is not null))
        {
            return "\"" + string.Concat(text.Parts.Select(p => Escape(p.Literal!))) + "\"";
        }

        var parts = text.Parts.Select(p => p.Literal is { } literal ? Escape(literal).Replace("{", "{{").Replace("}", "}}") : "{" + Hole(p) + "}");
        return "$\"" + string.Concat(parts) + "\"";
    }

    private string Hole(BoundTextPart part)
    {
        BoundExpression value = part.Value!;
        string printed = Print(value);
        return part.Format switch
        {
            "hex" => $"Static.Hex({printed})",
            "label" => $"Static.Label({printed})",
            _ => value.Type.Kind == TypeKind.Text || value is BoundLocal or BoundStaticCall ? Ternary(printed) : $"({printed})",
        };

        // A colon outside parentheses would start a format.
        static string Ternary(string s) => s.StartsWith("(", StringComparison.Ordinal) || !s.Contains(":") ? s : "(" + s + ")";
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"");

    private string Match(BoundMatch match)
    {
        string subject = Print(match.Value);
        List<string> arms = [];
        for (int i = 0; i < match.Arms.Count; i++)
        {
            BoundArm arm = match.Arms[i];
            bool isLast = i == match.Arms.Count - 1;
            string value = arm.Value is null ? "throw Static.Unallocated()" : Print(arm.Value);
            arms.Add($"{(isLast || arm.Patterns.Count == 0 ? "_" : Patterns(arm.Patterns))} => {value}");
            if (arm.Patterns.Count == 0)
            {
                break;
            }
        }

        return arms.Count == 1 && arms[0].StartsWith("_ => throw", StringComparison.Ordinal)
            ? $"({subject} switch {{ {arms[0]}, }})"
            : $"({subject} switch {{ {string.Join(", ", arms)} }})";
    }

    /// <summary>Patterns of one arm, for <c>switch</c> expressions and <c>case</c> labels.</summary>
    public static string Patterns(IReadOnlyList<BoundPattern> patterns)
    {
        if (patterns.Any(p => p.Mask is not null))
        {
            return "var m when " + string.Join(" || ", patterns.Select(p => p.Mask is { } mask
                ? $"(m & {Hex(mask)}) == {Hex(p.From)}"
                : p.From == p.To ? $"m == {p.From}" : $"m is >= {p.From} and <= {p.To}"));
        }

        return string.Join(" or ", patterns.Select(p => p.From == p.To ? p.From.ToString() : $">= {p.From} and <= {p.To}"));
    }

    /// <summary>Index among the globals, a C# expression.</summary>
    public string Index(RegisterSymbol register, BoundExpression? index) =>
        "GuestState.Index." + register.LayoutName + (index is null ? "" : " + " + Print(index));

    /// <summary>Bytes from <c>env</c>, a C# expression.</summary>
    public string Offset(RegisterSymbol register, BoundExpression? index) =>
        "GuestState." + register.LayoutName + (index is null ? "" : $" + {register.Size} * {Parenthesized(index)}");

    private string Parenthesized(BoundExpression value)
    {
        string printed = Print(value);
        return value is BoundLocal or BoundConstant || printed.StartsWith("(", StringComparison.Ordinal) && value is BoundOperation ? printed : "(" + printed + ")";
    }

    private string Table(BoundTableAccess table)
    {
        string name = table.Table.Syntax.Name.Text + "_" + table.Access;
        string arguments = string.Join(", ", table.Arguments.Select(Print));
        return table.Access is "read" or "write" ? $"{name}(insn, {arguments})" : $"StaticFunctions.{name}({arguments})";
    }

    private string Operation(BoundOperation operation)
    {
        string[] arguments = [.. operation.Arguments.Select(Print)];
        if (operation.IsRun)
        {
            // Fields and counts that only say how are numbers in the call.
            return $"insn.{operation.Name}({string.Join(", ", operation.Immediates.Concat(arguments))})";
        }

        switch (operation.Name)
        {
            case "LogicalNot":
                return "!" + arguments[0];
            case "IntToBool":
                return $"({arguments[0]} != 0)";
            case "BoolToInt":
                return $"({arguments[0]} ? 1 : 0)";
            case "BoolToBits":
                return $"({arguments[0]} ? 1UL : 0UL)";
            case "BitsToInt":
                return $"((long){arguments[0]})";
            case "IntToBits":
                return operation.Type.Width > 64 ? $"Static.ToBits128({operation.Type.Width}, {arguments[0]})" : $"Static.ToBits({operation.Type.Width}, {arguments[0]})";
            case "InMode":
                return $"Static.InMode({arguments[0]})";
            case "Order":
                return $"Static.Order({arguments[0]}, {arguments[1]})";
            case "Rounding":
                return operation.Arguments[0] is BoundConstant constant ? "FpRounding." + RoundingName((int)constant.Value) : $"(FpRounding){arguments[0]}";
            case "Trap":
                return $"(FpTrap){arguments[0]}";
            case "Neg" or "Not" when operation.Type.IsInt:
                return $"({(operation.Name == "Neg" ? "-" : "~")}{arguments[0]})";
            case "Shl" or "Shr" or "Ror" when operation.Type.IsInt:
                return $"Static.{operation.Name}({arguments[0]}, {arguments[1]})";
            case "Zx" when operation.Type.Width <= 64:
                return arguments[0];
            case "Zx":
                return $"((UInt128){arguments[0]})";
        }

        if (operation.Type.Width > 64)
        {
            // Above 64 bits the operands must be so too, for C# to choose the right method.
            switch (operation.Name)
            {
                case "Fill" or "Sx":
                    return $"Static.{operation.Name}128({string.Join(", ", operation.Immediates.Concat(arguments))})";
                case "Cat":
                    return $"Static.Cat({string.Join(", ", operation.Immediates.Concat(arguments.Select(a => "(UInt128)" + a)))})";
            }
        }

        bool isPlain = !operation.Type.IsBits || operation.Name is "And" or "Or" or "Xor";
        if (isPlain && s_infix.TryGetValue(operation.Name, out string op))
        {
            return $"({arguments[0]} {op} {arguments[1]})";
        }

        return $"Static.{operation.Name}({string.Join(", ", operation.Immediates.Concat(arguments))})";
    }

    private static string RoundingName(int value) => value switch { 0 => "NearestEven", 1 => "Up", 2 => "Down", 3 => "Zero", 4 => "NearestAway", 5 => "Odd", _ => "Dynamic" };
}
