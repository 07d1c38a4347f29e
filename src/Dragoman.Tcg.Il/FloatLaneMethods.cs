using System.Reflection;
using System.Runtime.Intrinsics;

namespace Dragoman.Tcg.Il;

/// <summary>.NET's vector functions on lanes of float or of double, and on integers as wide. RyuJIT knows each as an instruction.</summary>
internal sealed class FloatLaneMethods
{
    // Any thread makes one, and all make the same.
    private static FloatLaneMethods? s_single;
    private static FloatLaneMethods? s_double;

    private FloatLaneMethods(Type lane, Type integer)
    {
        Type lanes = typeof(Vector128<>).MakeGenericType(lane);
        OfBytes = Generic(nameof(Vector128.As)).MakeGenericMethod(typeof(byte), lane);
        ToBytes = Generic(nameof(Vector128.As)).MakeGenericMethod(lane, typeof(byte));
        IntegersOfBytes = Generic(nameof(Vector128.As)).MakeGenericMethod(typeof(byte), integer);
        Add = Operator(lanes, "op_Addition");
        Subtract = Operator(lanes, "op_Subtraction");
        Multiply = Operator(lanes, "op_Multiply");
        Divide = Operator(lanes, "op_Division");
        And = Operator(typeof(Vector128<byte>), "op_BitwiseAnd");
        AddIntegers = Operator(typeof(Vector128<>).MakeGenericType(integer), "op_Addition");
        LessThanInteger = Generic(nameof(Vector128.LessThan)).MakeGenericMethod(integer);
        EqualIntegers = Generic(nameof(Vector128.Equals)).MakeGenericMethod(integer);
        IntegerSignBits = Generic(nameof(Vector128.ExtractMostSignificantBits)).MakeGenericMethod(integer);
    }

    public MethodInfo OfBytes { get; }

    public MethodInfo ToBytes { get; }

    public MethodInfo IntegersOfBytes { get; }

    public MethodInfo Add { get; }

    public MethodInfo Subtract { get; }

    public MethodInfo Multiply { get; }

    public MethodInfo Divide { get; }

    public MethodInfo And { get; }

    public MethodInfo AddIntegers { get; }

    public MethodInfo LessThanInteger { get; }

    public MethodInfo EqualIntegers { get; }

    public MethodInfo IntegerSignBits { get; }

    /// <summary>Those of double (<paramref name="wide"/>) or float.</summary>
    public static FloatLaneMethods Of(bool wide) => wide
        ? s_double ??= new FloatLaneMethods(typeof(double), typeof(long))
        : s_single ??= new FloatLaneMethods(typeof(float), typeof(int));

    private static MethodInfo Operator(Type vector, string name) => vector.GetMethod(name, [vector, vector])!;

    private static MethodInfo Generic(string name) => typeof(Vector128).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)!;
}
