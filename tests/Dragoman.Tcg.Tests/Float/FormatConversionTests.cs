using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Conversions between formats in every direction, against exact rationals; alternative half precision; payloads.</summary>
public sealed class FormatConversionTests
{
    [Theory]
    [InlineData(FpRounding.NearestEven, false)]
    [InlineData(FpRounding.Up, false)]
    [InlineData(FpRounding.Down, false)]
    [InlineData(FpRounding.Zero, false)]
    [InlineData(FpRounding.Odd, false)]
    [InlineData(FpRounding.NearestEven, true)]
    [InlineData(FpRounding.Odd, true)]
    public void Narrowing(FpRounding rounding, bool flush)
    {
        Check<Binary64, Binary32>(rounding, flush);
        Check<Binary64, Binary16>(rounding, flush);
        Check<Binary32, Binary16>(rounding, flush);
        Check<Binary64, AlternativeHalf>(rounding, flush);
        Check<Binary32, AlternativeHalf>(rounding, flush);
        Check<Binary32, Binary64>(rounding, flush);
        Check<AlternativeHalf, Binary32>(rounding, flush);
    }

    /// <summary>Arm ARM, FPConvert: the top bits of the payload survive, quietened; a signalling operand is invalid.</summary>
    [Theory]
    [InlineData(0x7F800001u, 0x7FF8000020000000, FpExceptions.Invalid)]
    [InlineData(0xFFC12345u, 0xFFF82468A0000000, FpExceptions.None)]
    public void NanWidens(uint from, ulong to, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(to, SoftFloat<Binary32>.Convert<Binary64>(from, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Theory]
    [InlineData(0x7FF0000000000001, 0x7E00u, FpExceptions.Invalid)]
    [InlineData(0xFFFFFFFFFFFFFFFF, 0xFFFFu, FpExceptions.None)]
    [InlineData(0x7FF0000000000000, 0x7C00u, FpExceptions.None)]
    public void SpecialsNarrowToHalf(ulong from, uint to, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(to, SoftFloat<Binary64>.Convert<Binary16>(from, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    /// <summary>Alternative half precision has neither: a NaN becomes zero and an infinity the largest number, and both are invalid.</summary>
    [Theory]
    [InlineData(0xFFF8000000000000, 0x8000u)]
    [InlineData(0xFFF0000000000000, 0xFFFFu)]
    [InlineData(0x7FEFFFFFFFFFFFFF, 0x7FFFu)]
    public void SpecialsNarrowToAlternativeHalf(ulong from, uint to)
    {
        FpStatus status = default;
        Assert.Equal(to, SoftFloat<Binary64>.Convert<AlternativeHalf>(from, ref status));
        Assert.Equal(FpExceptions.Invalid, status.Exceptions);
    }

    private static void Check<TFrom, TTo>(FpRounding rounding, bool flush)
        where TFrom : struct, IFloatFormat
        where TTo : struct, IFloatFormat
    {
        Operands<TFrom> operands = new(21);
        FpStatus environment = new() { Rounding = rounding, FlushInputs = flush, FlushOutputs = flush, FlushHalf = flush };
        FpStatus unflushedHalf = environment;
        unflushedHalf.FlushHalf = false;
        for (int i = 0; i < 4000; i++)
        {
            ulong bits = operands.NextNumber();
            if (TTo.Width < TFrom.Width && i % 4 != 0)
            {
                bits = NearRangeOf<TFrom, TTo>(bits, i);
            }

            ExactReference<TFrom> from = new(unflushedHalf);
            ExactReference<TTo> to = new(unflushedHalf);
            ulong expected = to.RoundSigned(bits >> (TFrom.Width - 1) != 0, from.Value(bits));
            FpStatus status = environment;
            ulong actual = SoftFloat<TFrom>.Convert<TTo>(bits, ref status);
            Assert.True(
                expected == actual && (from.Exceptions | to.Exceptions) == status.Exceptions,
                $"{bits:x}: expected {expected:x} {from.Exceptions | to.Exceptions}, got {actual:x} {status.Exceptions}");
            Assert.Equal(flush, status.FlushHalf);
        }
    }

    /// <summary>Moves the exponent into, or just outside, the narrower format's range.</summary>
    private static ulong NearRangeOf<TFrom, TTo>(ulong bits, int i)
        where TFrom : struct, IFloatFormat
        where TTo : struct, IFloatFormat
    {
        int range = 1 << (TTo.Width - 1 - TTo.FractionBits);
        int bias = (1 << (TFrom.Width - 2 - TFrom.FractionBits)) - 1;
        ulong field = (ulong)(bias - (range / 2) - TTo.FractionBits - 3 + (i % (range + TTo.FractionBits + 8)));
        ulong keep = (1UL << TFrom.FractionBits) - 1 | 1UL << (TFrom.Width - 1);
        return (bits & keep) | (field << TFrom.FractionBits);
    }
}
