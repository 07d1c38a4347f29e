using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Which NaN comes out, by each architecture's rule, and what an invalid operation gives.</summary>
public sealed class NanTests
{
    private const ulong One = 0x3F800000;
    private const ulong Zero = 0;
    private const ulong Infinity = 0x7F800000;
    private const ulong QuietA = 0x7FC0000A;
    private const ulong QuietB = 0xFFC0000B;
    private const ulong QuietC = 0x7FC0000C;
    private const ulong SignallingA = 0x7F80001A;
    private const ulong SignallingB = 0xFF80001B;
    private const ulong SignallingC = 0x7F80001C;
    private const ulong Quiet = 0x00400000;
    private const ulong Default = 0x7FC00000;
    private const ulong NegativeDefault = 0xFFC00000;

    [Theory]
    [InlineData(FpNanRule.Arm, QuietA, QuietB, QuietA, FpExceptions.None)]
    [InlineData(FpNanRule.Arm, QuietA, SignallingB, SignallingB | Quiet, FpExceptions.Invalid)]
    [InlineData(FpNanRule.Arm, SignallingA, SignallingB, SignallingA | Quiet, FpExceptions.Invalid)]
    [InlineData(FpNanRule.Arm, One, QuietB, QuietB, FpExceptions.None)]
    [InlineData(FpNanRule.X86Sse, QuietA, SignallingB, QuietA, FpExceptions.Invalid)]
    [InlineData(FpNanRule.X86Sse, One, SignallingB, SignallingB | Quiet, FpExceptions.Invalid)]
    [InlineData(FpNanRule.Alpha, QuietA, QuietB, QuietB, FpExceptions.None)]
    [InlineData(FpNanRule.Alpha, SignallingA, One, SignallingA | Quiet, FpExceptions.Invalid)]
    [InlineData(FpNanRule.X87, SignallingA, QuietB, QuietB, FpExceptions.Invalid)]
    [InlineData(FpNanRule.X87, QuietA, QuietB, QuietB, FpExceptions.None)]
    [InlineData(FpNanRule.X87, 0xFFC0000A, QuietA, QuietA, FpExceptions.None)]
    public void TwoOperands(FpNanRule rule, ulong a, ulong b, ulong expected, FpExceptions raised)
    {
        foreach (Func<ulong, ulong, FpStatus, (ulong, FpExceptions)> operation in new[] { Add, Subtract, Multiply, Divide })
        {
            Assert.Equal((expected, raised), operation(a, b, new FpStatus { NanRule = rule }));
            ulong standard = rule == FpNanRule.Arm ? Default : NegativeDefault;
            Assert.Equal((standard, raised), operation(a, b, new FpStatus { NanRule = rule, DefaultNan = true }));
        }
    }

    /// <summary>Arm ARM, FPProcessNaNs3: addend, then the factors; signalling ones before quiet ones.</summary>
    [Theory]
    [InlineData(QuietC, QuietA, QuietB, QuietC, FpExceptions.None)]
    [InlineData(QuietC, QuietA, SignallingB, SignallingB | Quiet, FpExceptions.Invalid)]
    [InlineData(SignallingC, SignallingA, SignallingB, SignallingC | Quiet, FpExceptions.Invalid)]
    [InlineData(One, QuietA, QuietB, QuietA, FpExceptions.None)]
    [InlineData(QuietC, Infinity, Zero, Default, FpExceptions.Invalid)]
    [InlineData(QuietC, Zero, Infinity, Default, FpExceptions.Invalid)]
    [InlineData(SignallingC, Zero, Infinity, SignallingC | Quiet, FpExceptions.Invalid)]
    [InlineData(One, Zero, Infinity, Default, FpExceptions.Invalid)]
    [InlineData(Infinity | 0x80000000, Infinity, One, Default, FpExceptions.Invalid)]
    [InlineData(Infinity, Infinity, One, Infinity, FpExceptions.None)]
    public void ArmMultiplyAdd(ulong c, ulong a, ulong b, ulong expected, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(expected, SoftFloat<Binary32>.MultiplyAdd(c, a, b, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Theory]
    [InlineData(QuietC, QuietA, QuietB, QuietA, FpExceptions.None)]
    [InlineData(QuietC, Infinity, Zero, QuietC, FpExceptions.None)]
    [InlineData(One, Infinity, Zero, NegativeDefault, FpExceptions.Invalid)]
    public void X86MultiplyAdd(ulong c, ulong a, ulong b, ulong expected, FpExceptions raised)
    {
        FpStatus status = new() { NanRule = FpNanRule.X86Sse };
        Assert.Equal(expected, SoftFloat<Binary32>.MultiplyAdd(c, a, b, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Theory]
    [InlineData(FpNanRule.Arm, Default)]
    [InlineData(FpNanRule.X86Sse, NegativeDefault)]
    [InlineData(FpNanRule.Alpha, NegativeDefault)]
    public void InvalidOperations(FpNanRule rule, ulong standard)
    {
        FpStatus environment = new() { NanRule = rule };
        Assert.Equal((standard, FpExceptions.Invalid), Subtract(Infinity, Infinity, environment));
        Assert.Equal((standard, FpExceptions.Invalid), Multiply(Infinity, Zero, environment));
        Assert.Equal((standard, FpExceptions.Invalid), Divide(Zero, Zero, environment));
        Assert.Equal((standard, FpExceptions.Invalid), Divide(Infinity, Infinity, environment));
        Assert.Equal((Infinity, FpExceptions.DivideByZero), Divide(One, Zero, environment));
        FpStatus status = environment;
        Assert.Equal(standard, SoftFloat<Binary32>.Sqrt(0xBF800000, ref status));
        Assert.Equal(FpExceptions.Invalid, status.Exceptions);
    }

    [Theory]
    [InlineData(QuietA, One, QuietA, One, FpExceptions.None)]
    [InlineData(One, QuietA, QuietA, One, FpExceptions.None)]
    [InlineData(SignallingA, One, SignallingA | Quiet, SignallingA | Quiet, FpExceptions.Invalid)]
    [InlineData(QuietA, QuietB, QuietA, QuietA, FpExceptions.None)]
    [InlineData(QuietA, SignallingB, SignallingB | Quiet, SignallingB | Quiet, FpExceptions.Invalid)]
    public void ArmMinAndMinNumber(ulong a, ulong b, ulong min, ulong minNumber, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(min, SoftFloat<Binary32>.Min(a, b, ref status));
        Assert.Equal(min, SoftFloat<Binary32>.Max(a, b, ref status));
        Assert.Equal(minNumber, SoftFloat<Binary32>.MinNumber(a, b, ref status));
        Assert.Equal(minNumber, SoftFloat<Binary32>.MaxNumber(a, b, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Fact]
    public void ZerosAreOrderedByMinAndMax()
    {
        FpStatus status = default;
        Assert.Equal(0x80000000, SoftFloat<Binary32>.Min(Zero, 0x80000000, ref status));
        Assert.Equal(0x80000000, SoftFloat<Binary32>.MinNumber(0x80000000, Zero, ref status));
        Assert.Equal(Zero, SoftFloat<Binary32>.Max(0x80000000, Zero, ref status));
        Assert.Equal(FpRelation.Equal, SoftFloat<Binary32>.Compare(0x80000000, Zero, true, ref status));
        status.NanRule = FpNanRule.X86Sse;
        Assert.Equal(Zero, SoftFloat<Binary32>.Min(0x80000000, Zero, ref status));
        Assert.Equal(One, SoftFloat<Binary32>.Min(QuietA, One, ref status));
        Assert.Equal(FpExceptions.Invalid, status.Exceptions);
    }

    [Theory]
    [InlineData(QuietA, false, FpExceptions.None)]
    [InlineData(QuietA, true, FpExceptions.Invalid)]
    [InlineData(SignallingA, false, FpExceptions.Invalid)]
    public void Unordered(ulong nan, bool signalling, FpExceptions raised)
    {
        FpStatus status = default;
        Assert.Equal(FpRelation.Unordered, SoftFloat<Binary32>.Compare(One, nan, signalling, ref status));
        Assert.Equal(FpRelation.Unordered, FloatFast.Compare32(nan, One, signalling, ref status));
        Assert.Equal(raised, status.Exceptions);
    }

    [Fact]
    public void ReciprocalStepsTakeTheSignOffANanAndKnowInfinityTimesZero()
    {
        FpStatus status = default;
        Assert.Equal(QuietA | 0x80000000, SoftFloat<Binary32>.ReciprocalStep(QuietA, One, ref status));
        Assert.Equal(0x40000000UL, SoftFloat<Binary32>.ReciprocalStep(Infinity, Zero, ref status));
        Assert.Equal(0x3FC00000UL, SoftFloat<Binary32>.ReciprocalSqrtStep(Zero, Infinity, ref status));
        Assert.Equal(0xC0000000, SoftFloat<Binary32>.MultiplyExtended(Zero, Infinity | 0x80000000, ref status));
        Assert.Equal(Infinity | 0x80000000, SoftFloat<Binary32>.ReciprocalSqrtStep(Infinity, One, ref status));
        Assert.Equal(FpExceptions.None, status.Exceptions);
    }

    private static (ulong Result, FpExceptions Raised) Add(ulong a, ulong b, FpStatus status) => (SoftFloat<Binary32>.Add(a, b, ref status), status.Exceptions);

    private static (ulong Result, FpExceptions Raised) Subtract(ulong a, ulong b, FpStatus status) => (SoftFloat<Binary32>.Subtract(a, b, ref status), status.Exceptions);

    private static (ulong Result, FpExceptions Raised) Multiply(ulong a, ulong b, FpStatus status) => (SoftFloat<Binary32>.Multiply(a, b, ref status), status.Exceptions);

    private static (ulong Result, FpExceptions Raised) Divide(ulong a, ulong b, FpStatus status) => (SoftFloat<Binary32>.Divide(a, b, ref status), status.Exceptions);
}
