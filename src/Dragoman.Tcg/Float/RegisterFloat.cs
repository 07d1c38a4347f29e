using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>The operations on register formats, exactly and with their traps. Protocol as <see cref="FloatHelpers"/>.</summary>
internal static unsafe class RegisterFloat
{
    /// <summary>Which arithmetic is done; <see cref="Sqrt"/> is of the second operand, as Alpha has it.</summary>
    internal enum Arithmetic
    {
        Add,
        Subtract,
        Multiply,
        Divide,
        Sqrt,
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Compute(byte* env, Arithmetic arithmetic, ulong a, ulong b, RegisterFormat format, FpTrap trap, FpRounding rounding)
    {
        ulong result;
        if (arithmetic == Arithmetic.Divide && format == RegisterFormat.T && FloatFast.TryDivideRegister(a, b, trap, rounding, ref ((VcpuHeader*)env)->Fp, out result))
        {
            return result;
        }

        RegisterOperation operation = new(env, trap, rounding);
        if (format <= RegisterFormat.T && TryZero(arithmetic, a, b, operation.Status.Rounding, out result))
        {
            return result;
        }

        switch (format)
        {
            case RegisterFormat.F:
                result = RegisterBits.Widen(Compute<VaxF>(arithmetic, NarrowVax(a), NarrowVax(b), ref operation.Status), true);
                operation.FinishVax();
                return result;
            case RegisterFormat.G:
                result = Compute<VaxG>(arithmetic, a, b, ref operation.Status);
                operation.FinishVax();
                return result;
            case RegisterFormat.S:
                result = RegisterBits.Widen(Compute<Binary32>(arithmetic, RegisterBits.Narrow(a), RegisterBits.Narrow(b), ref operation.Status), false);
                break;
            default:
                result = Compute<Binary64>(arithmetic, a, b, ref operation.Status);
                break;
        }

        if (arithmetic != Arithmetic.Sqrt)
        {
            operation.Operand(a);
        }

        operation.Operand(b);
        return operation.Finish(result);
    }

    private static ulong Compute<TFormat>(Arithmetic arithmetic, ulong a, ulong b, ref FpStatus status)
        where TFormat : struct, IFloatFormat => arithmetic switch
        {
            Arithmetic.Add => SoftFloat<TFormat>.Add(a, b, ref status),
            Arithmetic.Subtract => SoftFloat<TFormat>.Subtract(a, b, ref status),
            Arithmetic.Multiply => SoftFloat<TFormat>.Multiply(a, b, ref status),
            Arithmetic.Divide => SoftFloat<TFormat>.Divide(a, b, ref status),
            _ => SoftFloat<TFormat>.Sqrt(b, ref status),
        };

    // An F register whose exponent is 0 is judged as it stands: what Narrow drops may be what makes it a dirty zero.
    private static ulong NarrowVax(ulong bits) => RegisterBits.IsReserved(bits) ? 1 : RegisterBits.Narrow(bits);

    // An exact zero from numbers: no exception is possible, and it is too common for the long way.
    private static bool TryZero(Arithmetic arithmetic, ulong a, ulong b, FpRounding rounding, out ulong zero)
    {
        double x = BitConverter.UInt64BitsToDouble(a);
        double y = BitConverter.UInt64BitsToDouble(b);
        bool applies = FloatFast.IsNormal(a) && FloatFast.IsNormal(b) && arithmetic switch
        {
            Arithmetic.Add => x + y == 0 && rounding != FpRounding.Down,
            Arithmetic.Subtract => x - y == 0 && rounding != FpRounding.Down,
            Arithmetic.Multiply => x == 0 || y == 0,
            Arithmetic.Divide => x == 0 && y != 0,
            _ => y == 0,
        };
        zero = BitConverter.DoubleToUInt64Bits(arithmetic switch
        {
            Arithmetic.Add => x + y,
            Arithmetic.Subtract => x - y,
            Arithmetic.Multiply => x * y,
            Arithmetic.Divide => x / y,
            _ => y,
        });
        return applies;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Convert(byte* env, ulong a, RegisterFormat to, RegisterFormat from, FpTrap trap, FpRounding rounding)
    {
        RegisterOperation operation = new(env, trap, rounding);
        if (to == RegisterFormat.L)
        {
            operation.Status.Exceptions = (long)a == (int)a ? FpExceptions.None : FpExceptions.IntegerOverflow | FpExceptions.Inexact;
            operation.Finish();
            return RegisterBits.FromLong(a);
        }

        if (from >= RegisterFormat.F)
        {
            ulong vax = (to, from) switch
            {
                (RegisterFormat.F, _) => RegisterBits.Widen(SoftFloat<VaxG>.Convert<VaxF>(a, ref operation.Status), true),
                (RegisterFormat.D, _) => SoftFloat<VaxG>.Convert<VaxD>(a, ref operation.Status),
                _ => SoftFloat<VaxD>.Convert<VaxG>(a, ref operation.Status),
            };
            operation.FinishVax();
            return vax;
        }

        operation.Operand(a);
        return operation.Finish(to == RegisterFormat.S
            ? RegisterBits.Widen(SoftFloat<Binary64>.Convert<Binary32>(a, ref operation.Status), false)
            : SoftFloat<Binary32>.Convert<Binary64>(RegisterBits.Narrow(a), ref operation.Status));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong ToInteger(byte* env, ulong a, RegisterFormat format, FpTrap trap, FpRounding rounding)
    {
        RegisterOperation operation = new(env, trap, rounding);
        ulong result;
        if (format == RegisterFormat.G)
        {
            result = SoftFloat<VaxG>.ToInteger(a, 64, true, 0, IntegerOverflow.Wrap, ref operation.Status);
            operation.Status.Exceptions = RegisterBits.IsReserved(a) ? FpExceptions.Invalid : Overflowed(operation.Status.Exceptions);
            operation.FinishVax();
            return result;
        }

        operation.Operand(a);
        result = SoftFloat<Binary64>.ToInteger(a, 64, true, 0, IntegerOverflow.Wrap, ref operation.Status);
        if (RegisterBits.IsFinite(a))
        {
            operation.Status.Exceptions = Overflowed(operation.Status.Exceptions);
        }
        else if (IsQuietNan(a))
        {
            // Alpha ARM, table B-2: no exception.
            operation.Status.Exceptions = FpExceptions.None;
        }

        operation.Finish();
        return result;
    }

    // A number that does not fit.
    private static FpExceptions Overflowed(FpExceptions exceptions)
        => (exceptions & FpExceptions.Invalid) != 0 ? FpExceptions.IntegerOverflow | FpExceptions.Inexact : exceptions;

    private static bool IsQuietNan(ulong bits) => RegisterBits.IsNan(bits) && (bits >> 51 & 1) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FromInteger(byte* env, ulong value, RegisterFormat format, FpTrap trap, FpRounding rounding)
    {
        RegisterOperation operation = new(env, trap, rounding);
        ulong result = format switch
        {
            RegisterFormat.S => RegisterBits.Widen(SoftFloat<Binary32>.FromInteger(value, 64, true, 0, ref operation.Status), false),
            RegisterFormat.F => RegisterBits.Widen(SoftFloat<VaxF>.FromInteger(value, 64, true, 0, ref operation.Status), true),
            RegisterFormat.G => SoftFloat<VaxG>.FromInteger(value, 64, true, 0, ref operation.Status),
            _ => SoftFloat<Binary64>.FromInteger(value, 64, true, 0, ref operation.Status),
        };
        if (format <= RegisterFormat.T)
        {
            operation.Finish();
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Compare(byte* env, ulong a, ulong b, RegisterFormat format, FpTrap trap, RegisterRelation relation)
    {
        RegisterOperation operation = new(env, trap, FpRounding.Dynamic);
        FpRelation found;
        if (format == RegisterFormat.G)
        {
            found = SoftFloat<VaxG>.Compare(a, b, false, ref operation.Status);
            operation.FinishVax();
        }
        else
        {
            operation.Operand(a, allowInfinity: true);
            operation.Operand(b, allowInfinity: true);
            found = SoftFloat<Binary64>.Compare(a, b, relation >= RegisterRelation.Less, ref operation.Status);
            operation.Finish();
        }

        return relation switch
        {
            RegisterRelation.Unordered => found == FpRelation.Unordered,
            RegisterRelation.Equal => found == FpRelation.Equal,
            RegisterRelation.Less => found == FpRelation.Less,
            _ => found is FpRelation.Less or FpRelation.Equal,
        } ? 1UL : 0UL;
    }
}
