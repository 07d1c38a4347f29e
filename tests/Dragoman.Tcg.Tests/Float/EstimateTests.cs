using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Arm's estimates: within 2^-8 of the truth over the whole of binary16, and the manual's special cases.</summary>
public sealed class EstimateTests
{
    [Fact]
    public void ReciprocalIsGoodToEightBits()
    {
        FpStatus status = default;
        for (ulong bits = 0x0400; bits < 0x7000; bits++)
        {
            double estimate = (double)BitConverter.UInt16BitsToHalf((ushort)SoftFloat<Binary16>.ReciprocalEstimate(bits, ref status));
            double product = estimate * (double)BitConverter.UInt16BitsToHalf((ushort)bits);
            Assert.InRange(product, 1 - (1.0 / 256), 1 + (1.0 / 256));
        }

        Assert.Equal(FpExceptions.None, status.Exceptions);
    }

    [Fact]
    public void ReciprocalSqrtIsGoodToEightBits()
    {
        FpStatus status = default;
        for (ulong bits = 1; bits < 0x7C00; bits++)
        {
            double estimate = (double)BitConverter.UInt16BitsToHalf((ushort)SoftFloat<Binary16>.ReciprocalSqrtEstimate(bits, ref status));
            double product = estimate * estimate * (double)BitConverter.UInt16BitsToHalf((ushort)bits);
            Assert.InRange(product, 1 - (2.0 / 256), 1 + (2.0 / 256));
        }

        Assert.Equal(FpExceptions.None, status.Exceptions);
    }

    [Theory]
    [InlineData(0x3F800000, FpRounding.NearestEven, false, 0x3F7F8000, FpExceptions.None)]
    [InlineData(0x00000000, FpRounding.NearestEven, false, 0x7F800000, FpExceptions.DivideByZero)]
    [InlineData(0xFF800000, FpRounding.NearestEven, false, 0x80000000, FpExceptions.None)]
    [InlineData(0x00100000, FpRounding.NearestEven, false, 0x7F800000, FpExceptions.Overflow | FpExceptions.Inexact)]
    [InlineData(0x80100000, FpRounding.Up, false, 0xFF7FFFFF, FpExceptions.Overflow | FpExceptions.Inexact)]
    [InlineData(0x7E800000, FpRounding.NearestEven, true, 0x00000000, FpExceptions.Underflow)]
    [InlineData(0x7F000000, FpRounding.NearestEven, false, 0x003FE000, FpExceptions.None)]
    public void ReciprocalSingle(ulong bits, FpRounding rounding, bool flush, ulong expected, FpExceptions raised)
    {
        FpStatus status = new() { Rounding = rounding, FlushInputs = flush, FlushOutputs = flush };
        Assert.Equal(expected, SoftFloat<Binary32>.ReciprocalEstimate(bits, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Theory]
    [InlineData(0x80000000, 0xFF800000, FpExceptions.DivideByZero)]
    [InlineData(0xBF800000, 0x7FC00000, FpExceptions.Invalid)]
    [InlineData(0x7F800000, 0x00000000, FpExceptions.None)]
    [InlineData(0x3F800000, 0x3F7F8000, FpExceptions.None)]
    public void ReciprocalSqrtSingle(ulong bits, ulong expected, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(expected, SoftFloat<Binary32>.ReciprocalSqrtEstimate(bits, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Theory]
    [InlineData(0x00000000, 0x7F000000)]
    [InlineData(0x80000001, 0xFF000000)]
    [InlineData(0x3F812345, 0x40000000)]
    [InlineData(0x7F800000, 0x00000000)]
    public void ReciprocalExponent(ulong bits, ulong expected)
    {
        FpStatus status = default;
        Assert.Equal(expected, SoftFloat<Binary32>.ReciprocalExponent(bits, ref status));
    }

    [Theory]
    [InlineData(0x7FFFFFFFu, 0xFFFFFFFFu, 0xB5000000u)]
    [InlineData(0x80000000u, 0xFF800000u, 0xB4800000u)]
    [InlineData(0xFFFFFFFFu, 0x80000000u, 0x80000000u)]
    public void Unsigned(uint value, uint reciprocal, uint root)
    {
        Assert.Equal(reciprocal, ReciprocalTables.UnsignedReciprocal(value));
        Assert.Equal(root, ReciprocalTables.UnsignedReciprocalSqrt(value));
    }
}
