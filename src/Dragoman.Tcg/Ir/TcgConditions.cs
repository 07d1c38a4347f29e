namespace Dragoman.Tcg.Ir;

/// <summary>What conditions mean, and how they turn.</summary>
public static class TcgConditions
{
    /// <summary>The condition that holds exactly when <paramref name="cond"/> does not.</summary>
    public static TcgCond Invert(this TcgCond cond) => cond ^ TcgCond.Always;

    /// <summary>The condition that holds for (b, a) when <paramref name="cond"/> holds for (a, b).</summary>
    public static TcgCond Swap(this TcgCond cond) => cond switch
    {
        TcgCond.Lt => TcgCond.Gt,
        TcgCond.Gt => TcgCond.Lt,
        TcgCond.Le => TcgCond.Ge,
        TcgCond.Ge => TcgCond.Le,
        TcgCond.Ltu => TcgCond.Gtu,
        TcgCond.Gtu => TcgCond.Ltu,
        TcgCond.Leu => TcgCond.Geu,
        TcgCond.Geu => TcgCond.Leu,
        _ => cond,
    };

    /// <summary>Whether <paramref name="cond"/> holds for I32 values.</summary>
    public static bool Test(TcgCond cond, uint a, uint b) => cond switch
    {
        TcgCond.Lt => (int)a < (int)b,
        TcgCond.Ge => (int)a >= (int)b,
        TcgCond.Le => (int)a <= (int)b,
        TcgCond.Gt => (int)a > (int)b,
        _ => Test(cond, (ulong)a, b),
    };

    /// <summary>Whether <paramref name="cond"/> holds for I64 values.</summary>
    public static bool Test(TcgCond cond, ulong a, ulong b) => cond switch
    {
        TcgCond.Never => false,
        TcgCond.Always => true,
        TcgCond.Eq => a == b,
        TcgCond.Ne => a != b,
        TcgCond.Lt => (long)a < (long)b,
        TcgCond.Ge => (long)a >= (long)b,
        TcgCond.Le => (long)a <= (long)b,
        TcgCond.Gt => (long)a > (long)b,
        TcgCond.Ltu => a < b,
        TcgCond.Geu => a >= b,
        TcgCond.Leu => a <= b,
        TcgCond.Gtu => a > b,
        TcgCond.TstEq => (a & b) == 0,
        TcgCond.TstNe => (a & b) != 0,
        _ => throw new ArgumentOutOfRangeException(nameof(cond), cond, null),
    };
}
