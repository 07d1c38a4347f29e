using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>S and T in every qualifier, in states where the host may compute and where it may not, against exact rationals and the trap rules: bits, status, trap.</summary>
public sealed unsafe class RegisterFloatTests
{
    private const int Rounds = 4000;

    private static readonly FpRounding[] s_roundings = [FpRounding.NearestEven, FpRounding.Up, FpRounding.Down, FpRounding.Zero, FpRounding.Dynamic];
    private static readonly FpTrap[] s_traps = [FpTrap.None, FpTrap.Underflow, FpTrap.Software | FpTrap.Underflow, FpTrap.Software | FpTrap.Underflow | FpTrap.Inexact];
    private readonly RegisterMachine _machine = new();

    [Theory]
    [InlineData("add")]
    [InlineData("subtract")]
    [InlineData("multiply")]
    [InlineData("divide")]
    [InlineData("sqrt")]
    public void Arithmetic_and_traps(string operation)
    {
        Check<Binary64>(operation, RegisterFormat.T, x => x);
        Check<Binary32>(operation, RegisterFormat.S, Widen);
    }

    [Fact]
    public void Narrowing_and_traps() => Check<Binary64>("narrow", RegisterFormat.S, x => x);

    [Fact]
    public void Comparisons()
    {
        Operands<Binary64> operands = new(3);
        Random random = new(4);
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = operands.Next();
            ulong b = i % 4 == 0 ? a : operands.Next();
            var relation = (RegisterRelation)(i % 4);
            FpTrap trap = (i & 4) != 0 ? s_traps[2] : FpTrap.None;
            FpStatus status = Environment(random);
            bool completes = trap != FpTrap.None;
            double x = Double(a, completes && status.FlushInputs);
            double y = Double(b, completes && status.FlushInputs);
            bool unordered = double.IsNaN(x) || double.IsNaN(y);
            bool expected = relation switch { RegisterRelation.Unordered => unordered, RegisterRelation.Equal => x == y, RegisterRelation.Less => x < y, _ => x <= y };
            FpExceptions raised = unordered && (relation >= RegisterRelation.Less || IsSignalling(a) || IsSignalling(b)) ? FpExceptions.Invalid : FpExceptions.None;
            bool denormal = IsDenormal(a) || IsDenormal(b);
            ulong trapped = 0;
            if (!completes)
            {
                raised = denormal || unordered ? FpExceptions.Invalid : FpExceptions.None;
                trapped = raised != 0 ? 2UL : 0;
            }
            else
            {
                denormal &= !status.FlushInputs;
                FpExceptions seen = raised | (denormal ? FpExceptions.IntegerOverflow : 0);
                bool completed = denormal || (raised & ~status.Masked) != 0;
                trapped = completed && (seen & status.Enabled) != 0 ? ((ulong)(seen & status.Enabled) << 1) | 1 : 0;
                raised = seen;
            }

            _machine.Reset(status);
            ulong actual = FloatHelpers.RCmp(_machine.Env, a, b, (ulong)RegisterFormat.T, (ulong)trap, (ulong)relation);
            bool predictable = completes || trapped == 0;
            Assert.True(
                (!predictable || actual == (expected ? 1UL : 0)) && _machine.Trap == trapped && _machine.Status.Exceptions == (status.Exceptions | raised),
                $"{relation} {a:x} {b:x} {trap}: got {actual} trap {_machine.Trap:x} (not {trapped:x}) {_machine.Status.Exceptions}");
        }
    }

    [Fact]
    public void Conversions_to_integers()
    {
        Operands<Binary64> operands = new(5);
        Random random = new(6);
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = i % 3 == 0 ? (ulong)(uint)random.Next(2) << 63 | (ulong)(uint)(1023 + random.Next(-2, 68)) << 52 | (ulong)random.NextInt64() >> 12 : operands.Next();
            FpTrap trap = s_traps[i % 4];
            FpStatus status = Environment(random);
            FpRounding rounding = s_roundings[i / 4 % 5];
            bool completes = (trap & FpTrap.Software) != 0;
            bool legal = ExactReference<Binary64>.IsNumber(a) && !IsDenormal(a);
            if (!legal && !completes)
            {
                _machine.Reset(status);
                FloatHelpers.R2I(_machine.Env, a, (ulong)RegisterFormat.T, (ulong)trap, (ulong)rounding);
                Assert.Equal(2UL, _machine.Trap);
                Assert.Equal(status.Exceptions | FpExceptions.Invalid, _machine.Status.Exceptions);
                continue;
            }

            ulong expected = 0;
            FpExceptions raised = FpExceptions.None;
            bool denormal = IsDenormal(a) && !status.FlushInputs;
            bool overflows = false;
            if (!ExactReference<Binary64>.IsNumber(a))
            {
                raised = double.IsInfinity(BitConverter.UInt64BitsToDouble(a)) || IsSignalling(a) ? FpExceptions.Invalid : FpExceptions.None;
            }
            else
            {
                FpStatus environment = new() { Rounding = rounding == FpRounding.Dynamic ? status.Rounding : rounding, NanRule = FpNanRule.Alpha, FlushInputs = completes && status.FlushInputs };
                ExactReference<Binary64> reference = new(environment);
                (System.Numerics.BigInteger whole, bool changed) = reference.ToInteger(reference.Value(a));
                overflows = whole < long.MinValue || whole > long.MaxValue;
                expected = (ulong)(whole & ulong.MaxValue);
                raised = overflows ? FpExceptions.IntegerOverflow | FpExceptions.Inexact : changed ? FpExceptions.Inexact : FpExceptions.None;
            }

            bool overflowTraps = overflows && (trap & FpTrap.Underflow) != 0;
            ulong trapped;
            if (!completes)
            {
                trapped = overflowTraps ? 64UL : 0;
            }
            else
            {
                raised |= overflowTraps ? FpExceptions.Invalid : 0;

                // To software an integer that does not fit is invalid, and nothing else.
                trapped = Completed(status, trap, overflowTraps ? raised & ~FpExceptions.Inexact : raised, denormal, denormal || overflowTraps);
            }

            _machine.Reset(status);
            ulong actual = FloatHelpers.R2I(_machine.Env, a, (ulong)RegisterFormat.T, (ulong)trap, (ulong)rounding);
            Assert.True(
                actual == expected && _machine.Trap == trapped && _machine.Status.Exceptions == (status.Exceptions | raised | (denormal ? FpExceptions.IntegerOverflow : 0)),
                $"{a:x} {trap} {rounding}: {expected:x}, got {actual:x} trap {_machine.Trap:x} (not {trapped:x}) {_machine.Status.Exceptions} not {raised}");
        }
    }

    private void Check<TFormat>(string operation, RegisterFormat format, Func<ulong, ulong> register)
        where TFormat : struct, IFloatFormat
    {
        Operands<TFormat> operands = new(operation.Length * 100 + (int)format);
        Random random = new(operation.Length);
        for (int i = 0; i < (operation == "sqrt" ? Rounds / 8 : Rounds); i++)
        {
            ulong a = i % 16 == 0 ? operands.Next() : operands.NextNumber();
            ulong b = i % 3 == 0 && ExactReference<TFormat>.IsNumber(a) ? operands.NextNear(a) : i % 17 == 0 ? operands.Next() : operands.NextNumber();
            FpTrap trap = s_traps[i % 4];
            FpRounding rounding = s_roundings[i / 4 % 5];
            FpStatus status = Environment(random);
            bool completes = (trap & FpTrap.Software) != 0;
            bool unary = operation is "sqrt" or "narrow";
            bool number = ExactReference<TFormat>.IsNumber(a) && (unary || ExactReference<TFormat>.IsNumber(b));
            bool denormal = IsDenormal(register(a)) || (!unary && IsDenormal(register(b)));
            ulong expected = 0;
            ulong trapped;
            bool predictable = true;
            FpExceptions raised;
            if (!completes && (!number || denormal))
            {
                (raised, trapped, predictable) = (FpExceptions.Invalid, 2, false);
            }
            else
            {
                denormal &= !status.FlushInputs;
                FpStatus environment = new() { Rounding = rounding == FpRounding.Dynamic ? status.Rounding : rounding, NanRule = FpNanRule.Alpha, FlushInputs = completes && status.FlushInputs };
                (expected, raised) = number ? Exactly<TFormat>(operation, environment, a, b) : Special<TFormat>(operation, environment, a, b);
                expected = operation == "narrow" ? Widen(expected) : register(expected);
                bool tiny = (raised & FpExceptions.Underflow) != 0 || IsDenormal(expected);
                if (tiny && (!completes || status.FlushOutputs))
                {
                    expected = 0;
                    raised |= FpExceptions.Underflow | FpExceptions.Inexact;
                    tiny = false;
                }

                FpExceptions always = FpExceptions.Invalid | FpExceptions.DivideByZero | FpExceptions.Overflow;
                trapped = completes
                    ? Completed(status, trap, raised, denormal, denormal || tiny)
                    : (ulong)(raised & (always | (trap == FpTrap.Underflow ? FpExceptions.Underflow : 0))) << 1;
                raised |= completes && denormal ? FpExceptions.IntegerOverflow : 0;
                predictable = completes || (trapped & 0xE) == 0;
            }

            _machine.Reset(status);
            ulong actual = operation == "narrow"
                ? FloatHelpers.RCvt(_machine.Env, a, (ulong)RegisterFormat.S | (ulong)RegisterFormat.T << 4, (ulong)trap, (ulong)rounding)
                : _machine.Run(operation, format, register(a), register(b), trap, rounding);
            Assert.True(
                (!predictable || actual == expected) && _machine.Trap == trapped && _machine.Status.Exceptions == (status.Exceptions | raised),
                $"{operation} {format} {register(a):x} {register(b):x} {trap} {rounding}: expected {expected:x} trap {trapped:x} {raised}, got {actual:x} trap {_machine.Trap:x} {_machine.Status.Exceptions}");
        }
    }

    // Half of the environments are those in which the host computes.
    private static FpStatus Environment(Random random)
    {
        FpStatus status = new() { NanRule = FpNanRule.Alpha, Masked = (FpExceptions)31, Exceptions = FpExceptions.Inexact };
        if (random.Next(2) == 0)
        {
            status.Rounding = (FpRounding)random.Next(4);
            status.FlushInputs = random.Next(4) == 0;
            status.FlushOutputs = random.Next(4) == 0;
            status.Enabled = (FpExceptions)(random.Next(64) & random.Next(64));
            status.Masked = random.Next(4) == 0 ? (FpExceptions)random.Next(32) : (FpExceptions)31 & ~status.Enabled;
            status.Exceptions = (FpExceptions)random.Next(64);
        }

        return status;
    }

    /// <summary>What a program that has enabled exceptions is told of, when software completes an instruction.</summary>
    private static ulong Completed(FpStatus status, FpTrap trap, FpExceptions raised, bool denormal, bool supplied)
    {
        FpExceptions hardware = FpExceptions.Invalid | FpExceptions.DivideByZero | FpExceptions.Overflow;
        hardware |= (trap & FpTrap.Inexact) != 0 ? FpExceptions.Inexact : 0;
        bool completed = supplied || (raised & hardware & ~status.Masked) != 0;
        ulong seen = ((ulong)raised & 31) | (denormal ? 32UL : 0);
        ulong told = completed ? seen & (ulong)status.Enabled : 0;
        return told != 0 ? told << 1 | 1 : 0;
    }

    private static (ulong Bits, FpExceptions Exceptions) Exactly<TFormat>(string operation, FpStatus environment, ulong a, ulong b)
        where TFormat : struct, IFloatFormat
    {
        ExactReference<TFormat> reference = new(environment);
        Rational x = reference.Value(a);
        Rational y = reference.Value(b);
        bool sign = (a ^ b) >> (TFormat.Width - 1) != 0;
        ulong infinity = Infinity<TFormat>() | (sign ? 1UL << (TFormat.Width - 1) : 0);
        switch (operation)
        {
            case "add":
                return (reference.Add(a, b), reference.Exceptions);
            case "subtract":
                return (reference.Subtract(a, b), reference.Exceptions);
            case "multiply":
                return (reference.Multiply(a, b), reference.Exceptions);
            case "divide" when y.Numerator.IsZero:
                return x.Numerator.IsZero ? (DefaultNan<TFormat>(), FpExceptions.Invalid) : (infinity, FpExceptions.DivideByZero);
            case "divide":
                return (reference.Divide(a, b), reference.Exceptions);
            case "sqrt" when x.Numerator.Sign < 0:
                return (DefaultNan<TFormat>(), FpExceptions.Invalid);
            case "sqrt":
                return (reference.Sqrt(a), reference.Exceptions);
            default:
                ExactReference<Binary32> narrow = new(environment);
                return (narrow.RoundSigned(a >> 63 != 0, x), narrow.Exceptions);
        }
    }

    // Infinities and NaNs: Alpha ARM 4.7.10 and table B-2, operand by operand.
    private static (ulong Bits, FpExceptions Exceptions) Special<TFormat>(string operation, FpStatus environment, ulong a, ulong b)
        where TFormat : struct, IFloatFormat
    {
        ulong signBit = 1UL << (TFormat.Width - 1);
        ulong infinity = Infinity<TFormat>();
        ulong quiet = 1UL << (TFormat.FractionBits - 1);
        bool unary = operation is "sqrt" or "narrow";
        bool Nan(ulong x) => (x & ~signBit) > infinity;
        bool Flat(ulong x) => (x & ~signBit) == 0 || (environment.FlushInputs && (x & infinity) == 0);
        if (Nan(a) || (!unary && Nan(b)))
        {
            ulong chosen = !unary && Nan(b) ? b : a;
            bool signalling = (Nan(a) && (a & quiet) == 0) || (!unary && Nan(b) && (b & quiet) == 0);
            ulong nan = operation == "narrow"
                ? chosen >> 63 << 31 | 0x7FC0_0000 | (chosen >> 29 & 0x3F_FFFF)
                : chosen | quiet;
            return (nan, signalling ? FpExceptions.Invalid : FpExceptions.None);
        }

        bool infiniteA = (a & ~signBit) == infinity;
        bool infiniteB = (b & ~signBit) == infinity;
        ulong sign = (a ^ b) & signBit;
        (ulong, FpExceptions) invalid = (DefaultNan<TFormat>(), FpExceptions.Invalid);
        switch (operation)
        {
            case "subtract" or "add":
                ulong negated = operation == "subtract" ? b ^ signBit : b;
                return infiniteA && infiniteB && a != negated ? invalid : (infiniteA ? a : negated, FpExceptions.None);
            case "multiply":
                return Flat(a) || Flat(b) ? invalid : (infinity | sign, FpExceptions.None);
            case "divide":
                return infiniteA && infiniteB ? invalid : (infiniteA ? infinity | sign : sign, FpExceptions.None);
            case "sqrt":
                return a >> (TFormat.Width - 1) != 0 ? invalid : (a, FpExceptions.None);
            default:
                return (a >> 63 << 31 | 0x7F80_0000, FpExceptions.None);
        }
    }

    private static ulong Infinity<TFormat>()
        where TFormat : struct, IFloatFormat => ((1UL << (TFormat.Width - 1 - TFormat.FractionBits)) - 1) << TFormat.FractionBits;

    private static ulong DefaultNan<TFormat>()
        where TFormat : struct, IFloatFormat => 1UL << (TFormat.Width - 1) | Infinity<TFormat>() | 1UL << (TFormat.FractionBits - 1);

    private static bool IsDenormal(ulong register) => (register >> 52 & 0x7FF) == 0 && register << 1 != 0;

    private static bool IsSignalling(ulong bits) => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) && (bits >> 51 & 1) == 0;

    private static double Double(ulong bits, bool flush) => BitConverter.UInt64BitsToDouble(flush && IsDenormal(bits) ? bits & 1UL << 63 : bits);

    // Table 2-2.
    private static ulong Widen(ulong bits)
    {
        ulong exponent = (bits >> 23 & 0xFF) switch { 0 => 0, 0xFF => 0x7FF, ulong e => e - 127 + 1023 };
        return bits >> 31 << 63 | exponent << 52 | (bits & 0x7F_FFFF) << 29;
    }
}
