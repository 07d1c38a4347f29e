using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// x87 operations on words of 128 bits: bits 63:0 are a significand, an integer, a single or a double, 79:64 sign and exponent. Of the first operand bits 111:96
/// are the control word, 117:112 exceptions already known, which the result has too; the other bits above 79 are ignored. Of a result bits 127:96 are what the
/// operation adds to the status word: exceptions, C0 to C3 (Intel SDM vol. 1, 8.1.3 and 8.1.5). Exactly, in integers, on any host; see <see cref="X87Host"/>.
/// </summary>
public static class X87Word
{
    private const int ControlBit = 96;
    private const int KnownBit = 112;
    private const uint C1 = 0x200, C0 = 0x100, C2 = 0x400, C3 = 0x4000;

    /// <summary>The operation's result.</summary>
    public static UInt128 Compute(X87Operation operation, UInt128 left, UInt128 right)
    {
        uint control = (uint)(left >> ControlBit);
        var status = new X87Status
        {
            Rounding = (control >> 10 & 3) switch { 0 => FpRounding.NearestEven, 1 => FpRounding.Down, 2 => FpRounding.Up, _ => FpRounding.Zero },
            Precision = (control >> 8 & 3) switch { 0 => 24, 2 => 53, _ => 64 },
            Masked = (X87Exceptions)(control & 0x3F),
        };
        UInt128 result = operation > X87Operation.NumberMask
            ? ComputeMixed(operation, Value(left), (ulong)right, status)
            : Compute(operation, Value(left), Value(right), status);
        return result | (UInt128)((uint)(left >> KnownBit) & 0x3F) << ControlBit;
    }

    // The second operand is widened, which loses that it was denormal. What decides the result before that counts is invalid, a division by zero, a NaN.
    private static UInt128 ComputeMixed(X87Operation operation, Float80 a, ulong right, X87Status status)
    {
        X87Status widened = status;
        Float80 b = (operation & X87Operation.WithSingle) != 0 ? X87Float.Widen<Binary32>(right, ref widened) : X87Float.Widen<Binary64>(right, ref widened);
        UInt128 result = Compute(operation & X87Operation.NumberMask, a, b, status);
        var exceptions = (X87Exceptions)(uint)(result >> ControlBit);
        bool counts = (exceptions & (X87Exceptions.Invalid | X87Exceptions.ZeroDivide)) == 0 && !a.IsNan;
        return counts ? result | (UInt128)(uint)(widened.Exceptions & X87Exceptions.Denormal) << ControlBit : result;
    }

    private static UInt128 Compute(X87Operation operation, Float80 a, Float80 b, X87Status status)
    {
        uint conditions = 0;
        switch (operation)
        {
            case X87Operation.Add:
                return Word(X87Float.Add(a, b, ref status), status);
            case X87Operation.Subtract:
                return Word(X87Float.Subtract(a, b, ref status), status);
            case X87Operation.SubtractReversed:
                return Word(X87Float.Subtract(b, a, ref status), status);
            case X87Operation.Multiply:
                return Word(X87Float.Multiply(a, b, ref status), status);
            case X87Operation.Divide:
                return Word(X87Float.Divide(a, b, ref status), status);
            case X87Operation.DivideReversed:
                return Word(X87Float.Divide(b, a, ref status), status);
            case X87Operation.Sqrt:
                return Word(X87Float.Sqrt(a, ref status), status);
            case X87Operation.Compare or X87Operation.CompareQuiet:
                conditions = X87Float.Compare(a, b, operation == X87Operation.Compare, ref status) switch
                {
                    FpRelation.Greater => 0,
                    FpRelation.Less => C0,
                    FpRelation.Equal => C3,
                    _ => C3 | C2 | C0,
                };
                return Word(default(Float80), status, conditions);
            case X87Operation.From32:
                return Word(X87Float.From<Binary32>(a.Significand, ref status), status);
            case X87Operation.From64:
                return Word(X87Float.From<Binary64>(a.Significand, ref status), status);
            case X87Operation.To32:
                return Word(X87Float.To<Binary32>(a, ref status), status);
            case X87Operation.To64:
                return Word(X87Float.To<Binary64>(a, ref status), status);
            case X87Operation.FromInteger:
                return Word(X87Float.FromInteger((long)a.Significand), status);
            case X87Operation.FromBcd:
                return Word(X87Float.FromBcd(a), status);
            case X87Operation.ToBcd:
                return Word(X87Float.ToBcd(a, ref status), status);
            case X87Operation.ToInt16 or X87Operation.ToInt32 or X87Operation.ToInt64:
                return Word(X87Float.ToInteger(a, 16 << (operation - X87Operation.ToInt16), status.Rounding, ref status), status);
            case X87Operation.Truncate16 or X87Operation.Truncate32 or X87Operation.Truncate64:
                return Word(X87Float.ToInteger(a, 16 << (operation - X87Operation.Truncate16), FpRounding.Zero, ref status), status);
        }

        // Precision control is of the basic arithmetic above only.
        status.Precision = 64;
        bool partial = false;
        Float80 result = operation switch
        {
            X87Operation.Round => X87Float.RoundToIntegral(a, ref status),
            X87Operation.Exponent => X87Float.ExponentOf(a, ref status),
            X87Operation.Significand => X87Float.SignificandOf(a, ref status),
            X87Operation.Remainder => X87Float.Remainder(a, b, false, ref status, out conditions, out partial),
            X87Operation.RemainderNearest => X87Float.Remainder(a, b, true, ref status, out conditions, out partial),
            X87Operation.Scale => X87Float.Scale(a, b, ref status),
            X87Operation.Exp2M1 => X87Float.Exp2M1(a, ref status),
            X87Operation.Log2 => X87Float.Log2(a, b, ref status),
            X87Operation.Log2P1 => X87Float.Log2P1(a, b, ref status),
            X87Operation.ArcTangent => X87Float.ArcTangent(b, a, ref status),
            X87Operation.Sin => X87Float.Sin(a, ref status, out partial),
            X87Operation.Cos => X87Float.Cos(a, ref status, out partial),
            X87Operation.Tan => X87Float.Tan(a, ref status, out partial),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
        };

        // The last three bits of a remainder's quotient are in C0, C3, C1.
        uint quotient = (conditions & 4) << 6 | (conditions & 2) << 13 | (conditions & 1) << 9;
        return Word(result, status, quotient | (partial ? C2 : 0));
    }

    private static Float80 Value(UInt128 word) => new((ushort)(word >> 64), (ulong)word);

    private static UInt128 Word(Float80 value, X87Status status, uint conditions = 0) =>
        new((ulong)((uint)status.Exceptions | (status.RoundedUp ? C1 : 0) | conditions) << 32 | value.SignExponent, value.Significand);

    private static UInt128 Word(ulong value, X87Status status) => Word(new Float80(0, value), status);
}
