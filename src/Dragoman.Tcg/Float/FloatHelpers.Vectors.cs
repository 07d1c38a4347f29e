using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

// Arithmetic on lanes: the host's vectors where FloatFast would let the host compute every lane, else lane by lane.
public static unsafe partial class FloatHelpers
{
    /// <summary><c>a + b</c> in each lane of binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FAddVec32(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = a.AsSingle() + b.AsSingle();
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return EachLane32(env, a, b, rounding, &FAdd32);
    }

    /// <summary><c>a - b</c> in each lane of binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FSubVec32(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = a.AsSingle() - b.AsSingle();
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return EachLane32(env, a, b, rounding, &FSub32);
    }

    /// <summary><c>a * b</c> in each lane of binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMulVec32(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = a.AsSingle() * b.AsSingle();
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return EachLane32(env, a, b, rounding, &FMul32);
    }

    /// <summary><c>a / b</c> in each lane of binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FDivVec32(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = a.AsSingle() / b.AsSingle();
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return EachLane32(env, a, b, rounding, &FDiv32);
    }

    /// <summary>Square root of each lane of binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FSqrtVec32(byte* env, Vector128<byte> a, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = Vector128.Sqrt(a.AsSingle());
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return FSqrtLanes32(env, a, rounding);
    }

    /// <summary><c>addend + a * b</c> in each lane of binary32, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMAddVec32(byte* env, Vector128<byte> addend, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<float> result = Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), addend.AsSingle());
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return FMAddLanes32(env, addend, a, b, rounding);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> EachLane32(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding, delegate*<byte*, ulong, ulong, ulong, ulong> operation)
    {
        Vector128<uint> result = default;
        for (int k = 0; k < 4; k++)
        {
            result = result.WithElement(k, (uint)operation(env, a.AsUInt32()[k], b.AsUInt32()[k], rounding));
        }

        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> FSqrtLanes32(byte* env, Vector128<byte> a, ulong rounding)
    {
        Vector128<uint> result = default;
        for (int k = 0; k < 4; k++)
        {
            result = result.WithElement(k, (uint)FSqrt32(env, a.AsUInt32()[k], rounding));
        }

        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> FMAddLanes32(byte* env, Vector128<byte> addend, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        Vector128<uint> result = default;
        for (int k = 0; k < 4; k++)
        {
            result = result.WithElement(k, (uint)FMAdd32(env, addend.AsUInt32()[k], a.AsUInt32()[k], b.AsUInt32()[k], rounding));
        }

        return result.AsByte();
    }

    /// <summary><c>a + b</c> in each lane of binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FAddVec64(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = a.AsDouble() + b.AsDouble();
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return EachLane64(env, a, b, rounding, &FAdd64);
    }

    /// <summary><c>a - b</c> in each lane of binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FSubVec64(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = a.AsDouble() - b.AsDouble();
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return EachLane64(env, a, b, rounding, &FSub64);
    }

    /// <summary><c>a * b</c> in each lane of binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMulVec64(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = a.AsDouble() * b.AsDouble();
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return EachLane64(env, a, b, rounding, &FMul64);
    }

    /// <summary><c>a / b</c> in each lane of binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FDivVec64(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = a.AsDouble() / b.AsDouble();
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return EachLane64(env, a, b, rounding, &FDiv64);
    }

    /// <summary>Square root of each lane of binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FSqrtVec64(byte* env, Vector128<byte> a, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = Vector128.Sqrt(a.AsDouble());
            if (FloatFast.AreFinite(result))
            {
                return result.AsByte();
            }
        }

        return FSqrtLanes64(env, a, rounding);
    }

    /// <summary><c>addend + a * b</c> in each lane of binary64, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMAddVec64(byte* env, Vector128<byte> addend, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        if (FloatFast.HostRounds((FpRounding)rounding, ref Status(env)))
        {
            Vector128<double> result = Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), addend.AsDouble());
            if (FloatFast.ArePlain(result))
            {
                return result.AsByte();
            }
        }

        return FMAddLanes64(env, addend, a, b, rounding);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> EachLane64(byte* env, Vector128<byte> a, Vector128<byte> b, ulong rounding, delegate*<byte*, ulong, ulong, ulong, ulong> operation)
    {
        Vector128<ulong> result = default;
        for (int k = 0; k < 2; k++)
        {
            result = result.WithElement(k, operation(env, a.AsUInt64()[k], b.AsUInt64()[k], rounding));
        }

        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> FSqrtLanes64(byte* env, Vector128<byte> a, ulong rounding)
    {
        Vector128<ulong> result = default;
        for (int k = 0; k < 2; k++)
        {
            result = result.WithElement(k, FSqrt64(env, a.AsUInt64()[k], rounding));
        }

        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> FMAddLanes64(byte* env, Vector128<byte> addend, Vector128<byte> a, Vector128<byte> b, ulong rounding)
    {
        Vector128<ulong> result = default;
        for (int k = 0; k < 2; k++)
        {
            result = result.WithElement(k, FMAdd64(env, addend.AsUInt64()[k], a.AsUInt64()[k], b.AsUInt64()[k], rounding));
        }

        return result.AsByte();
    }
}
