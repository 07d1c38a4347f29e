using System.Numerics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

// The usual case on two words: normal operands, 64 bits to nearest, a result that is plainly in range. All else goes the exact way.
public static partial class X87Float
{
    private static bool IsPlain(Float80 a, Float80 b, in X87Status status) =>
        status.Rounding == FpRounding.NearestEven && status.Precision == 64
        && (a.Significand & b.Significand) >> 63 != 0
        && (uint)(a.Exponent - 1) < Float80.ExponentMask - 1 && (uint)(b.Exponent - 1) < Float80.ExponentMask - 1;

    private static bool TryPlainSum(Float80 a, Float80 b, bool signB, ref X87Status status, out Float80 result)
    {
        bool sign = a.Sign;
        (int exponent, ulong high, int less, ulong other) = (a.Exponent, a.Significand, b.Exponent, b.Significand);
        if (less > exponent || (less == exponent && other > high))
        {
            (exponent, high, less, other) = (less, other, exponent, high);
            sign = signB;
        }

        // The smaller one below the greater one; what falls off is seen in the last bit.
        int distance = exponent - less;
        ulong low = distance == 0 ? 0
            : distance < 64 ? other << (64 - distance)
            : distance == 64 ? other
            : distance < 128 ? other >> (distance - 64) | (other << (128 - distance) != 0 ? 1UL : 0)
            : 1;
        other = distance < 64 ? other >> distance : 0;
        if (a.Sign == signB)
        {
            high += other;
            if (high < other)
            {
                low = low >> 1 | high << 63 | low & 1;
                high = high >> 1 | Float80.IntegerBit;
                exponent++;
            }
        }
        else
        {
            high -= other + (low != 0 ? 1UL : 0);
            low = 0 - low;
            if (high == 0)
            {
                (high, low) = (low, 0);
                exponent -= 64;
            }

            int shift = BitOperations.LeadingZeroCount(high);
            if (shift == 64)
            {
                result = default;
                return false;
            }

            if (shift > 0)
            {
                high = high << shift | low >> (64 - shift);
                low <<= shift;
                exponent -= shift;
            }
        }

        return TryRoundPlain(sign, exponent, high, low, ref status, out result);
    }

    private static bool TryPlainProduct(Float80 a, Float80 b, ref X87Status status, out Float80 result)
    {
        ulong high = Math.BigMul(a.Significand, b.Significand, out ulong low);
        int exponent = a.Exponent + b.Exponent - Bias + 1;
        if (high >> 63 == 0)
        {
            high = high << 1 | low >> 63;
            low <<= 1;
            exponent--;
        }

        return TryRoundPlain(a.Sign != b.Sign, exponent, high, low, ref status, out result);
    }

    private static bool TryRoundPlain(bool sign, int exponent, ulong high, ulong low, ref X87Status status, out Float80 result)
    {
        result = default;
        if ((uint)(exponent - 1) >= Float80.ExponentMask - 3)
        {
            return false;
        }

        ulong up = low > Float80.IntegerBit || (low == Float80.IntegerBit && (high & 1) != 0) ? 1UL : 0;
        high += up;
        if (high == 0)
        {
            high = Float80.IntegerBit;
            exponent++;
        }

        Note(low != 0, up != 0, ref status);
        result = new Float80((ushort)(exponent | (sign ? 0x8000 : 0)), high);
        return true;
    }
}
