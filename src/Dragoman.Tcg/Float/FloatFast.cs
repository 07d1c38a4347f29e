using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// The operations of <see cref="SoftFloat{TFormat}"/> on binary32 and binary64, done by the host where its answer is provably the
/// same. Raw bits in and out, zero-extended; same protocol as <see cref="SoftFloat{TFormat}"/>.
/// </summary>
/// <remarks>
/// The host's own exception flags cannot be read from .NET, and it always rounds to nearest even. So the host computes when the
/// direction is that one, nothing is flushed, and Inexact is set already; then the result alone shows whether anything else
/// happened: an infinity or NaN may be an overflow or an invalid operation, and a result at or below the least normal number may
/// have underflowed. Those are left to the exact code. (The idea is that of Guo et al., "Supporting floating-point in dynamic
/// binary translation with host FPU", and of what QEMU calls hardfloat.)
/// </remarks>
public static partial class FloatFast
{
    private const ulong Infinity64 = 0x7FF0_0000_0000_0000;
    private const ulong LeastNormal64 = 0x0010_0000_0000_0000;
    private const uint Infinity32 = 0x7F80_0000;
    private const uint LeastNormal32 = 0x0080_0000;

    // FpStatus as one little-endian word: rounding, FlushInputs, FlushOutputs, DefaultNan, NanRule, Exceptions, ...
    private const ulong RoundingField = 0xFF;
    private const ulong FlushFields = 0xFFFF00;
    private const ulong InexactBit = (ulong)FpExceptions.Inexact << 40;

    /// <summary>Whether the host's rounding is the guest's and no new Inexact can be missed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool HostRounds(FpRounding rounding, ref FpStatus status)
    {
        ulong word = Unsafe.As<FpStatus, ulong>(ref status);
        return rounding == FpRounding.Dynamic
            ? (word & (RoundingField | FlushFields | InexactBit)) == InexactBit
            : rounding == FpRounding.NearestEven && (word & (FlushFields | InexactBit)) == InexactBit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Flushes(ref FpStatus status) => (Unsafe.As<FpStatus, ulong>(ref status) & FlushFields) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FpRounding Resolve(FpRounding rounding, ref FpStatus status)
        => rounding == FpRounding.Dynamic ? status.Rounding : rounding;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFinite64(ulong bits) => (bits & long.MaxValue) < Infinity64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFinite32(uint bits) => (bits & int.MaxValue) < Infinity32;

    /// <summary>Finite, and too large to be the product of an underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain64(ulong bits) => (bits & long.MaxValue) - (LeastNormal64 + 1) < Infinity64 - (LeastNormal64 + 1);

    /// <inheritdoc cref="IsPlain64"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain32(uint bits) => (bits & int.MaxValue) - (LeastNormal32 + 1) < Infinity32 - (LeastNormal32 + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double F64(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float F32(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
