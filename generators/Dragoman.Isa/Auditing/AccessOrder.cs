using Dragoman.Isa.Emit;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>The order argument of an access, taken apart.</summary>
internal sealed class AccessOrder
{
    private readonly List<OrderPart> _parts = [];
    private readonly Dictionary<LocalSymbol, BoundExpression> _orders;

    private AccessOrder(Dictionary<LocalSymbol, BoundExpression> orders) => _orders = orders;

    public IReadOnlyList<OrderPart> Parts => _parts;

    public bool IsAligned { get; private set; }

    public int? AtomBits { get; private set; }

    /// <param name="expression">The argument.</param>
    /// <param name="orders">Values of the locals that hold orders.</param>
    public static AccessOrder Of(BoundExpression expression, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        var order = new AccessOrder(orders);
        order.Read(expression);
        return order;
    }

    private void Read(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundOrder bits:
                foreach (string bit in bits.MemOp.Split(['|'], StringSplitOptions.RemoveEmptyEntries).Select(b => b.Trim()))
                {
                    ReadBit(bit);
                }

                break;
            case BoundLocal local when _orders.TryGetValue(local.Symbol, out BoundExpression value):
                Read(value);
                break;
            case BoundOperation { Name: "Or" } both:
                Read(both.Arguments[0]);
                Read(both.Arguments[1]);
                break;
            case BoundOperation { Name: "Order" } halves:
                ReadHalf("acquire", halves.Arguments[0]);
                ReadHalf("release", halves.Arguments[1]);
                break;
            case BoundConditional choice:
                ReadIf(choice.WhenTrue, Text(choice.Condition));
                ReadIf(choice.WhenFalse, "!" + Text(choice.Condition));
                break;
            case BoundMatch match:
                foreach (BoundExpression arm in match.Arms.Select(a => a.Value).OfType<BoundExpression>())
                {
                    ReadIf(arm, Text(match.Value));
                }

                break;
            case BoundOperation { Name: "InMode" }:
                break;
            default:
                // Not taken for plain: the manual's table has no such order.
                _parts.Add(new OrderPart("unknown"));
                break;
        }
    }

    private void ReadIf(BoundExpression order, string condition)
    {
        int before = _parts.Count;
        Read(order);
        for (int i = before; i < _parts.Count; i++)
        {
            _parts[i] = _parts[i] with { Condition = condition };
        }
    }

    private static string Text(BoundExpression condition) =>
        new CSharpExpressionPrinter("Temp").Print(condition).Replace("(", "").Replace(")", "").Replace(" != 0", "");

    private void ReadHalf(string half, BoundExpression condition)
    {
        if (condition is not BoundConstant constant)
        {
            _parts.Add(new OrderPart(half, Text(condition)));
        }
        else if (!constant.Value.IsZero)
        {
            _parts.Add(new OrderPart(half));
        }
    }

    private void ReadBit(string bit)
    {
        switch (bit)
        {
            case "MemOp.Acquire":
                _parts.Add(new OrderPart("acquire"));
                break;
            case "MemOp.AcquirePc":
                _parts.Add(new OrderPart("acquire-pc"));
                break;
            case "MemOp.Release":
                _parts.Add(new OrderPart("release"));
                break;
            case "MemOp.SeqCst":
                _parts.Add(new OrderPart("sc"));
                break;
            case "MemOp.Align":
                IsAligned = true;
                break;
            case var unit when unit.StartsWith("(MemOp)", StringComparison.Ordinal):
                AtomBits = 4 << (int.Parse(unit.Substring(7)) >> 8);
                break;
        }
    }
}
