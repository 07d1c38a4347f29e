namespace Dragoman.Oracles;

public unsafe partial class OracleInsn
{
    public UInt128 Zx(int from, int to, UInt128 a) => a;

    public UInt128 Sx(int from, int to, UInt128 a) => Mask(to, (UInt128)Signed(from, a));

    public UInt128 Bits(int n, UInt128 a, long position, int width) => position < 0 || position >= n ? 0 : Mask(width, a >> (int)position);

    public UInt128 Bit(int n, int m, UInt128 a, UInt128 index) => index >= (UInt128)n ? 0 : a >> (int)index & 1;

    public UInt128 Cat(int highWidth, int lowWidth, UInt128 high, UInt128 low) => high << lowWidth | low;

    public UInt128 Fill(int from, int to, UInt128 a)
    {
        UInt128 result = 0;
        for (int i = 0; i < to; i += from)
        {
            result |= a << i;
        }

        return Mask(to, result);
    }

    public UInt128 Shl(int n, UInt128 a, long count) => count < 0 || count >= n ? 0 : Mask(n, a << (int)count);

    public UInt128 Shr(int n, UInt128 a, long count) => count < 0 || count >= n ? 0 : a >> (int)count;

    public UInt128 Sar(int n, UInt128 a, long count) => Mask(n, (UInt128)(Signed(n, a) >> (int)(count < 0 || count >= n ? n - 1 : count)));

    public UInt128 Ror(int n, UInt128 a, long count)
    {
        int k = (int)((count % n + n) % n);
        return k == 0 ? a : Mask(n, a >> k | a << (n - k));
    }

    public UInt128 Rol(int n, UInt128 a, long count) => Ror(n, a, -count);

    public UInt128 Shl(int n, UInt128 a, UInt128 count, int m) => Shl(n, a, Count(count));

    public UInt128 Shr(int n, UInt128 a, UInt128 count, int m) => Shr(n, a, Count(count));

    public UInt128 Sar(int n, UInt128 a, UInt128 count, int m) => Sar(n, a, Count(count));

    public UInt128 Ror(int n, UInt128 a, UInt128 count, int m) => Ror(n, a, (long)(count % (UInt128)n));

    public UInt128 Rol(int n, UInt128 a, UInt128 count, int m) => Rol(n, a, (long)(count % (UInt128)n));

    public UInt128 Clz(int n, UInt128 a) => UInt128.LeadingZeroCount(a) - (UInt128)(128 - n);

    public UInt128 Cls(int n, UInt128 a) => Clz(n, Signed(n, a) < 0 ? Not(n, a) : a) - 1;

    public UInt128 Ctz(int n, UInt128 a) => a == 0 ? (UInt128)n : UInt128.TrailingZeroCount(a);

    public UInt128 PopCount(int n, UInt128 a) => UInt128.PopCount(a);

    public UInt128 RBit(int n, UInt128 a)
    {
        UInt128 result = 0;
        for (int i = 0; i < n; i++)
        {
            result |= (a >> i & 1) << (n - 1 - i);
        }

        return result;
    }

    public UInt128 BSwap(int n, UInt128 a)
    {
        UInt128 result = 0;
        for (int i = 0; i < n; i += 8)
        {
            result |= (a >> i & 0xFF) << (n - 8 - i);
        }

        return result;
    }

    public UInt128 Parity(int n, UInt128 a) => UInt128.PopCount(a) & 1;

    public UInt128 Any(int n, UInt128 a) => Truth(a != 0);

    private static long Count(UInt128 count) => count > 255 ? 255 : (long)count;
}
