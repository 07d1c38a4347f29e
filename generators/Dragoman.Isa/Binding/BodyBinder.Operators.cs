using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    private BoundExpression BindUnary(UnaryExpression unary)
    {
        TextSpan span = unary.Span;
        if (unary.Operator == UnaryOperator.Not)
        {
            BoundExpression condition = BindCondition(unary.Operand);
            return condition.IsRun
                ? Operation(span, IsaType.Bits(1), "Not", ["1"], condition)
                : Operation(span, IsaType.Bool, "LogicalNot", [], condition);
        }

        BoundExpression operand = Bind(unary.Operand);
        string name = unary.Operator == UnaryOperator.Negate ? "Neg" : "Not";
        switch (operand.Type.Kind)
        {
            case TypeKind.Error:
                return operand;
            case TypeKind.Int when operand.IsRun:
                return Error(Rules.NeedsWidth, span, "x");
            case TypeKind.Int:
                return Operation(span, name == "Not" ? operand.Type : IsaType.Int, name, [], operand);
            case TypeKind.Bool when name == "Not":
                return Operation(span, IsaType.Bool, "LogicalNot", [], operand);
            case TypeKind.Bits:
                return Operation(span, operand.Type, name, [W(operand.Type)], operand);
            default:
                return Error(Rules.TypeMismatch, span, "a number", operand.Type);
        }
    }

    private BoundExpression BindBinary(BinaryExpression binary)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.AndAlso or BinaryOperator.OrElse:
                return BindLogical(binary);
            case BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight or BinaryOperator.ShiftRightS or BinaryOperator.RotateRight:
                return BindShift(binary);
        }

        BoundExpression left = Bind(binary.Left);
        BoundExpression right = Bind(binary.Right);
        if (left.Type.IsError || right.Type.IsError)
        {
            return Error(binary.Span);
        }

        return binary.Operator switch
        {
            BinaryOperator.Equal => Compare(binary.Span, "Eq", "Eq", left, right),
            BinaryOperator.NotEqual => Compare(binary.Span, "Ne", "Ne", left, right),
            BinaryOperator.Less => CompareInts(binary.Span, "Lt", left, right),
            BinaryOperator.LessOrEqual => CompareInts(binary.Span, "Le", left, right),
            BinaryOperator.Greater => CompareInts(binary.Span, "Gt", left, right),
            BinaryOperator.GreaterOrEqual => CompareInts(binary.Span, "Ge", left, right),
            BinaryOperator.LessU => Compare(binary.Span, "Ltu", "Lt", left, right),
            BinaryOperator.LessOrEqualU => Compare(binary.Span, "Leu", "Le", left, right),
            BinaryOperator.GreaterU => Compare(binary.Span, "Gtu", "Gt", left, right),
            BinaryOperator.GreaterOrEqualU => Compare(binary.Span, "Geu", "Ge", left, right),
            BinaryOperator.LessS => Compare(binary.Span, "Lt", "Lt", left, right),
            BinaryOperator.LessOrEqualS => Compare(binary.Span, "Le", "Le", left, right),
            BinaryOperator.GreaterS => Compare(binary.Span, "Gt", "Gt", left, right),
            BinaryOperator.GreaterOrEqualS => Compare(binary.Span, "Ge", "Ge", left, right),
            _ => Arithmetic(binary.Span, binary.Operator, left, right),
        };
    }

    private BoundExpression Arithmetic(TextSpan span, BinaryOperator op, BoundExpression left, BoundExpression right)
    {
        string name = op switch
        {
            BinaryOperator.Multiply => "Mul",
            BinaryOperator.Divide => "Div",
            BinaryOperator.Remainder => "Rem",
            BinaryOperator.DivideU => "DivU",
            BinaryOperator.DivideS => "DivS",
            BinaryOperator.RemainderU => "RemU",
            BinaryOperator.RemainderS => "RemS",
            BinaryOperator.Add => "Add",
            BinaryOperator.Subtract => "Sub",
            BinaryOperator.And => "And",
            BinaryOperator.Xor => "Xor",
            _ => "Or",
        };
        bool isLogic = name is "And" or "Xor" or "Or";
        if (left.Type.Kind == TypeKind.Order && right.Type.Kind == TypeKind.Order)
        {
            return Operation(span, IsaType.Order, "Or", [], left, right);
        }

        if (left.Type.IsBool && right.Type.IsBool)
        {
            return isLogic ? Operation(span, IsaType.Bool, name, [], left, right) : Arithmetic(span, op, Coerce(left, IsaType.Int), Coerce(right, IsaType.Int));
        }

        if (!left.Type.IsBits && !right.Type.IsBits)
        {
            if (left.IsRun || right.IsRun)
            {
                return Error(Rules.NeedsWidth, span, "x");
            }

            int width = isLogic ? Math.Max(left.Type.Width, right.Type.Width) : 0;
            return Operation(span, IsaType.IntOf(width), name, [], Coerce(left, IsaType.Int), Coerce(right, IsaType.Int));
        }

        if (name is "Div" or "Rem")
        {
            return Error(Rules.NotHere, span, "'/' and '%' are for ints: write /u /s %u %s");
        }

        if (!Unify(span, ref left, ref right))
        {
            return Error(span);
        }

        if (left.Type.Width > 64 && name is "Mul" or "DivU" or "DivS" or "RemU" or "RemS" && left.Type.Width > 64 && name != "Mul")
        {
            return Error(Rules.TooWide, span, name, left.Type);
        }

        return Operation(span, left.Type, name, [W(left.Type)], left, right);
    }

    private BoundExpression BindShift(BinaryExpression binary)
    {
        BoundExpression left = Bind(binary.Left);
        BoundExpression count = Bind(binary.Right);
        if (left.Type.IsError || count.Type.IsError)
        {
            return Error(binary.Span);
        }

        string name = binary.Operator switch
        {
            BinaryOperator.ShiftLeft => "Shl",
            BinaryOperator.ShiftRight => "Shr",
            BinaryOperator.ShiftRightS => "Sar",
            _ => "Ror",
        };
        if (left.Type.IsBool)
        {
            left = left.IsRun ? left : Coerce(left, IsaType.Int);
        }

        if (!count.IsRun)
        {
            count = Coerce(count, IsaType.Int);
            return left.Type.IsInt
                ? left.IsRun ? Error(Rules.NeedsWidth, binary.Span, "x") : Operation(binary.Span, IsaType.Int, name, [], left, count)
                : Operation(binary.Span, left.Type, name, [W(left.Type)], left, count);
        }

        if (!left.Type.IsBits)
        {
            return Error(Rules.NeedsWidth, binary.Left.Span, "x");
        }

        return left.Type.Width > 64
            ? Error(Rules.TooWide, binary.Span, "shift by a run-time count", left.Type)
            : Operation(binary.Span, left.Type, name, [W(left.Type)], Lift(left), count, Int(binary.Span, count.Type.Width));
    }

    private BoundExpression BindLogical(BinaryExpression binary)
    {
        bool isAnd = binary.Operator == BinaryOperator.AndAlso;
        BoundExpression left = BindCondition(binary.Left);
        if (left is BoundConstant { Type.IsBool: true } known)
        {
            // The constant side decides, or drops out; the other side need not make sense for this copy.
            return known.Value.IsZero == isAnd ? known : BindCondition(binary.Right);
        }

        BoundExpression right = BindCondition(binary.Right);
        if (left.Type.IsError || right.Type.IsError)
        {
            return Error(binary.Span);
        }

        if (!left.IsRun && !right.IsRun)
        {
            return Operation(binary.Span, IsaType.Bool, isAnd ? "AndAlso" : "OrElse", [], left, right);
        }

        if (left.IsRun && right.IsRun)
        {
            return Operation(binary.Span, IsaType.Bits(1), isAnd ? "And" : "Or", ["1"], left, right);
        }

        (BoundExpression known2, BoundExpression unknown) = left.IsRun ? (right, left) : (left, right);
        BoundExpression decided = Truth(binary.Span, !isAnd);
        return isAnd ? Choose(binary.Span, known2, unknown, decided) : Choose(binary.Span, known2, decided, unknown);
    }

    private BoundExpression CompareInts(TextSpan span, string name, BoundExpression left, BoundExpression right)
    {
        if (left.IsRun || right.IsRun || left.Type.IsBits || right.Type.IsBits)
        {
            return Error(Rules.NotHere, span, "'<' '<=' '>' '>=' are for ints: write <u or <s, and so on");
        }

        return Operation(span, IsaType.Bool, name, [], Coerce(left, IsaType.Int), Coerce(right, IsaType.Int));
    }

    private BoundExpression Compare(TextSpan span, string cond, string intName, BoundExpression left, BoundExpression right)
    {
        if (left.Type.Kind == TypeKind.Text && right.Type.Kind == TypeKind.Text)
        {
            return Operation(span, IsaType.Bool, intName, [], left, right);
        }

        if (!Unify(span, ref left, ref right))
        {
            return Error(span);
        }

        if (!left.Type.IsBits)
        {
            return left.IsRun ? Error(Rules.NeedsWidth, span, "x") : Operation(span, IsaType.Bool, intName, [], left, right);
        }

        if (left.Type.Width > 64 && cond is not ("Eq" or "Ne"))
        {
            return Error(Rules.TooWide, span, "ordered comparison", left.Type);
        }

        if (!left.IsRun)
        {
            return cond is "Eq" or "Ne" or "Ltu" or "Leu" or "Gtu" or "Geu"
                ? Operation(span, IsaType.Bool, intName, [], left, right)
                : new BoundOperation(span, IsaType.Bool, BindingTime.Translate, cond + "S", [W(left.Type)], [left, right]);
        }

        return Operation(span, IsaType.Bits(1), "Cmp", [W(left.Type), "TcgCond." + cond], left, right);
    }
}
