using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    // Comparisons of this instruction by their result, so that a select or branch on one compares directly.
    private readonly Dictionary<Temp, (TcgCond Cond, Temp A, Temp B)> _conditions = [];

    /// <summary>Compares values of n bits: 1 or 0.</summary>
    public Temp Cmp(int n, TcgCond cond, Temp a, Temp b)
    {
        if (n > 64)
        {
            (Temp low, Temp high) = Halves(_tcg.XorVec(a, b));
            return Remember(cond, _tcg.Or(TcgType.I64, low, high), Const(64, 0UL));
        }

        bool isSigned = cond is TcgCond.Lt or TcgCond.Le or TcgCond.Gt or TcgCond.Ge;
        return isSigned ? Remember(cond, Signed(n, a), Signed(n, b)) : Remember(cond, a, b);
    }

    private Temp Remember(TcgCond cond, Temp a, Temp b)
    {
        Temp result = _tcg.SetCond(TcgType.I32, cond, a, b);
        if (!_tcg.IsConst(result))
        {
            _conditions[result] = (cond, a, b);
        }

        return result;
    }

    private Temp NotCondition(Temp condition)
    {
        if (_conditions.TryGetValue(condition, out (TcgCond Cond, Temp A, Temp B) known))
        {
            return Remember((TcgCond)((int)known.Cond ^ 1), known.A, known.B);
        }

        return Remember(TcgCond.Eq, condition, Const(32, 0UL));
    }

    /// <summary>What to compare to find a truth value.</summary>
    private (TcgCond Cond, Temp A, Temp B) ConditionOf(Temp condition) =>
        _conditions.TryGetValue(condition, out (TcgCond Cond, Temp A, Temp B) known) ? known : (TcgCond.Ne, condition, Const(32, 0UL));

    /// <summary><paramref name="a"/> where the condition holds, else <paramref name="b"/>.</summary>
    public Temp Select(int n, Temp condition, Temp a, Temp b)
    {
        if (_tcg.TryConst(condition, out ulong known))
        {
            return known != 0 ? a : b;
        }

        if (a == b)
        {
            return a;
        }

        (TcgCond cond, Temp x, Temp y) = ConditionOf(condition);
        if (n <= 64)
        {
            return _tcg.MovCond(TypeOf(n), cond, x, y, a, b);
        }

        ((Temp aLow, Temp aHigh), (Temp bLow, Temp bHigh)) = (Halves(a), Halves(b));
        return _tcg.ConcatI64V128(_tcg.MovCond(TcgType.I64, cond, x, y, aLow, bLow), _tcg.MovCond(TcgType.I64, cond, x, y, aHigh, bHigh));
    }
}
