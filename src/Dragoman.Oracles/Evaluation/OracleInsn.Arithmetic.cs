using Dragoman.Tcg.Ir;

namespace Dragoman.Oracles;

public unsafe partial class OracleInsn
{
    public UInt128 Add(int n, UInt128 a, UInt128 b) => Mask(n, a + b);

    public UInt128 Sub(int n, UInt128 a, UInt128 b) => Mask(n, a - b);

    public UInt128 Mul(int n, UInt128 a, UInt128 b) => Mask(n, a * b);

    public UInt128 Neg(int n, UInt128 a) => Mask(n, UInt128.Zero - a);

    public UInt128 DivU(int n, UInt128 a, UInt128 b) => b == 0 ? 0 : a / b;

    public UInt128 DivS(int n, UInt128 a, UInt128 b) => b == 0 ? 0 : Mask(n, (UInt128)(Signed(n, a) / Signed(n, b)));

    public UInt128 RemU(int n, UInt128 a, UInt128 b) => b == 0 ? a : a % b;

    public UInt128 RemS(int n, UInt128 a, UInt128 b) => b == 0 ? a : Mask(n, (UInt128)(Signed(n, a) % Signed(n, b)));

    public UInt128 And(int n, UInt128 a, UInt128 b) => a & b;

    public UInt128 Or(int n, UInt128 a, UInt128 b) => a | b;

    public UInt128 Xor(int n, UInt128 a, UInt128 b) => a ^ b;

    public UInt128 Not(int n, UInt128 a) => Mask(n, ~a);

    public UInt128 Abs(int n, UInt128 a) => Signed(n, a) < 0 ? Neg(n, a) : a;

    public UInt128 UMulH(int n, UInt128 a, UInt128 b) => a * b >> n;

    public UInt128 SMulH(int n, UInt128 a, UInt128 b) => Mask(n, (UInt128)(Signed(n, a) * Signed(n, b) >> n));

    public UInt128 UDiv2(int n, UInt128 high, UInt128 low, UInt128 b) => b == 0 ? 0 : Mask(n, (high << n | low) / b);

    public UInt128 URem2(int n, UInt128 high, UInt128 low, UInt128 b) => b == 0 ? low : (high << n | low) % b;

    public UInt128 SDiv2(int n, UInt128 high, UInt128 low, UInt128 b) => b == 0 ? 0 : Mask(n, (UInt128)Quotient(n, high, low, b));

    public UInt128 SRem2(int n, UInt128 high, UInt128 low, UInt128 b) => b == 0 ? low : Mask(n, low - ((UInt128)Quotient(n, high, low, b) * b));

    // By -1 the least number has no quotient in 128 bits; modulo 2^128 it is its own.
    private static Int128 Quotient(int n, UInt128 high, UInt128 low, UInt128 b) =>
        Signed(n, b) == -1 ? unchecked(-Signed(2 * n, high << n | low)) : Signed(2 * n, high << n | low) / Signed(n, b);

    public UInt128 UMin(int n, UInt128 a, UInt128 b) => a < b ? a : b;

    public UInt128 UMax(int n, UInt128 a, UInt128 b) => a > b ? a : b;

    public UInt128 SMin(int n, UInt128 a, UInt128 b) => Signed(n, a) < Signed(n, b) ? a : b;

    public UInt128 SMax(int n, UInt128 a, UInt128 b) => Signed(n, a) > Signed(n, b) ? a : b;

    public UInt128 SSat(int from, int to, UInt128 a) =>
        Mask(to, (UInt128)Int128.Clamp(Signed(from, a), -(Int128.One << (to - 1)), (Int128.One << (to - 1)) - 1));

    public UInt128 USat(int from, int to, UInt128 a) => (UInt128)Int128.Clamp(Signed(from, a), 0, (Int128.One << to) - 1);

    public UInt128 USatU(int from, int to, UInt128 a) => UInt128.Min(a, (UInt128.One << to) - 1);

    public UInt128 Carry(int n, UInt128 a, UInt128 b, UInt128 c) => a + b + c >> n;

    public UInt128 Overflow(int n, UInt128 a, UInt128 b, UInt128 c)
    {
        Int128 sum = Signed(n, a) + Signed(n, b) + (Int128)c;
        return Truth(sum != Signed(n, (UInt128)sum));
    }

    public UInt128 Cmp(int n, TcgCond cond, UInt128 a, UInt128 b) => Truth(cond switch
    {
        TcgCond.Eq => a == b,
        TcgCond.Ne => a != b,
        TcgCond.Ltu => a < b,
        TcgCond.Leu => a <= b,
        TcgCond.Gtu => a > b,
        TcgCond.Geu => a >= b,
        TcgCond.Lt => Signed(n, a) < Signed(n, b),
        TcgCond.Le => Signed(n, a) <= Signed(n, b),
        TcgCond.Gt => Signed(n, a) > Signed(n, b),
        TcgCond.Ge => Signed(n, a) >= Signed(n, b),
        _ => throw new ArgumentOutOfRangeException(nameof(cond)),
    });

    public UInt128 Select(int n, UInt128 condition, UInt128 a, UInt128 b) => condition != 0 ? a : b;

    private static UInt128 Truth(bool value) => value ? UInt128.One : UInt128.Zero;
}
