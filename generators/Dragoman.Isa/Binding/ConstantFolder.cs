using System.Numerics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Binding;

/// <summary>Computes operations on build-time constants. What it does not know stays an expression of the translator.</summary>
internal static class ConstantFolder
{
    public static bool TryFold(string name, IsaType type, IReadOnlyList<BoundExpression> arguments, out BigInteger value)
    {
        value = default;
        if (!arguments.All(a => a is BoundConstant))
        {
            return false;
        }

        BigInteger[] v = [.. arguments.Select(a => ((BoundConstant)a).Value)];
        int width = arguments.Count > 0 && arguments[0].Type.IsBits ? arguments[0].Type.Width : 0;
        BigInteger? result = v.Length switch
        {
            1 => Unary(name, v[0], width),
            2 => Binary(name, v[0], v[1], width),
            _ => null,
        };
        if (result is not { } known)
        {
            return false;
        }

        value = type.IsBits ? known & Ones(type.Width) : known;
        return true;
    }

    public static BigInteger Ones(int width) => (BigInteger.One << width) - 1;

    private static BigInteger? Unary(string name, BigInteger a, int width) => name switch
    {
        "Neg" => -a,
        "Not" => -a - 1,
        "LogicalNot" => a.IsZero ? 1 : 0,
        "BoolToInt" or "BoolToBits" or "BitsToInt" or "Zx" or "Lo" or "IntToBits" => a,
        "Sx" => Signed(a, width),
        "IntToBool" => a.IsZero ? 0 : 1,
        "Abs" when width == 0 => BigInteger.Abs(a),
        "Ones" when a >= 0 && a <= 128 => Ones((int)a),
        "Lg2" when a > 0 => Log2(a),
        _ => null,
    };

    private static BigInteger? Binary(string name, BigInteger a, BigInteger b, int width) => name switch
    {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" when !b.IsZero => BigInteger.Divide(a, b),
        "Rem" when !b.IsZero => BigInteger.Remainder(a, b),
        "And" or "AndAlso" => a & b,
        "Or" or "OrElse" => a | b,
        "Xor" => a ^ b,
        "Shl" when b >= 0 && b <= 256 => a << (int)b,
        "Shr" when b >= 0 => b > 256 ? (a < 0 ? -1 : 0) : a >> (int)b,
        "Sar" when b >= 0 => Signed(a, width) >> (int)BigInteger.Min(b, 256),
        "Lt" => Truth(a < b),
        "Le" => Truth(a <= b),
        "Gt" => Truth(a > b),
        "Ge" => Truth(a >= b),
        "Eq" => Truth(a == b),
        "Ne" => Truth(a != b),
        "Min" => BigInteger.Min(a, b),
        "Max" => BigInteger.Max(a, b),
        _ => null,
    };

    private static BigInteger Truth(bool value) => value ? BigInteger.One : BigInteger.Zero;

    private static BigInteger Signed(BigInteger value, int width) =>
        width > 0 && !(value >> (width - 1) & 1).IsZero ? value - (BigInteger.One << width) : value;

    private static int Log2(BigInteger value)
    {
        int log = 0;
        for (; value > 1; value >>= 1)
        {
            log++;
        }

        return log;
    }
}
