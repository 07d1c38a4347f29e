using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <content>
/// The operations on register formats, which may trap. The host computes where neither rounding nor an exception can differ: to nearest, Inexact set already, no
/// denormal among the operands, and a result that is plainly in range. A single-precision result may be rounded from the double one, because a double has
/// more than twice its bits and two (Figueroa, "When is double rounding innocuous?").
/// </content>
public static unsafe partial class FloatHelpers
{
    /// <summary><c>a + b</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RAdd(byte* env, ulong a, ulong b, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryRegister(format, F64(a) + F64(b), trap, rounding, ref Status(env), out ulong result) && !RegisterBits.IsDenormal(a) && !RegisterBits.IsDenormal(b)
            ? result
            : RegisterFloat.Compute(env, RegisterFloat.Arithmetic.Add, a, b, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary><c>a - b</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RSub(byte* env, ulong a, ulong b, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryRegister(format, F64(a) - F64(b), trap, rounding, ref Status(env), out ulong result) && !RegisterBits.IsDenormal(a) && !RegisterBits.IsDenormal(b)
            ? result
            : RegisterFloat.Compute(env, RegisterFloat.Arithmetic.Subtract, a, b, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary><c>a · b</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RMul(byte* env, ulong a, ulong b, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryRegister(format, F64(a) * F64(b), trap, rounding, ref Status(env), out ulong result) && !RegisterBits.IsDenormal(a) && !RegisterBits.IsDenormal(b)
            ? result
            : RegisterFloat.Compute(env, RegisterFloat.Arithmetic.Multiply, a, b, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary><c>a / b</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RDiv(byte* env, ulong a, ulong b, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryRegister(format, F64(a) / F64(b), trap, rounding, ref Status(env), out ulong result) && !RegisterBits.IsDenormal(a) && !RegisterBits.IsDenormal(b)
            ? result
            : RegisterFloat.Compute(env, RegisterFloat.Arithmetic.Divide, a, b, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary>Square root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RSqrt(byte* env, ulong a, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryRegister(format, Math.Sqrt(F64(a)), trap, rounding, ref Status(env), out ulong result) && !RegisterBits.IsDenormal(a)
            ? result
            : RegisterFloat.Compute(env, RegisterFloat.Arithmetic.Sqrt, 0, a, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary>Converts to a format from another: S and T, G and F, G and D, L from Q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RCvt(byte* env, ulong a, ulong formats, ulong trap, ulong rounding)
    {
        var to = (RegisterFormat)(formats & 15);
        var from = (RegisterFormat)(formats >> 4);
        if (to == RegisterFormat.S && FloatFast.TryRegister((ulong)to, F64(a), trap, rounding, ref Status(env), out ulong result))
        {
            return result;
        }

        if (to == RegisterFormat.L && (long)a == (int)a)
        {
            return RegisterBits.FromLong(a);
        }

        return to == RegisterFormat.T && FloatFast.IsNormal(a) ? a : RegisterFloat.Convert(env, a, to, from, (FpTrap)trap, (FpRounding)rounding);
    }

    /// <summary>To a signed 64-bit integer; the low 64 bits of one that does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong R2I(byte* env, ulong a, ulong format, ulong trap, ulong rounding)
        => format == (ulong)RegisterFormat.T && !RegisterBits.IsDenormal(a) && FloatFast.TryRegisterToInteger(a, trap, rounding, ref Status(env), out ulong result)
            ? result
            : RegisterFloat.ToInteger(env, a, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary>From a signed 64-bit integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong I2R(byte* env, ulong value, ulong format, ulong trap, ulong rounding)
        => FloatFast.TryIntegerToRegister((long)value, format, trap, rounding, ref Status(env), out ulong result)
            ? result
            : RegisterFloat.FromInteger(env, value, (RegisterFormat)format, (FpTrap)trap, (FpRounding)rounding);

    /// <summary>1 when the relation holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RCmp(byte* env, ulong a, ulong b, ulong format, ulong trap, ulong relation)
    {
        double x = F64(a);
        double y = F64(b);
        if (format == (ulong)RegisterFormat.T && !RegisterBits.IsDenormal(a) && !RegisterBits.IsDenormal(b))
        {
            // Each arm settles every ordered pair, and that alone.
            switch ((RegisterRelation)relation)
            {
                case RegisterRelation.Less when x < y || x >= y:
                    return x < y ? 1UL : 0UL;
                case RegisterRelation.LessOrEqual when x <= y || x > y:
                    return x <= y ? 1UL : 0UL;
                case RegisterRelation.Equal when x <= y || x > y:
                    return x == y ? 1UL : 0UL;
                case RegisterRelation.Unordered when x <= y || x > y:
                    return 0;
            }
        }

        return RegisterFloat.Compare(env, a, b, (RegisterFormat)format, (FpTrap)trap, (RegisterRelation)relation);
    }

    private static double F64(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
}
