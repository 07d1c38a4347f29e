namespace Dragoman.Tcg.Ir;

/// <summary>Conditions of <c>brcond</c>, <c>setcond</c>, <c>negsetcond</c> and <c>movcond</c>. An odd value is the inverse of the even one before it.</summary>
public enum TcgCond : byte
{
    Never = 0,
    Always = 1,
    Eq = 2,
    Ne = 3,
    Lt = 4,
    Ge = 5,
    Le = 6,
    Gt = 7,
    Ltu = 8,
    Geu = 9,
    Leu = 10,
    Gtu = 11,

    /// <summary>(a &amp; b) == 0.</summary>
    TstEq = 12,

    /// <summary>(a &amp; b) != 0.</summary>
    TstNe = 13,
}
