using System.Collections.Concurrent;
using System.Reflection;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>The C# methods that IL of ops calls, looked up once each. Any thread.</summary>
internal static class OpMethods
{
    // By the number of arguments, and whether they are ulong. Keys of several parts would have to be compared by code that nobody has compiled beforehand.
    private static readonly ConcurrentDictionary<string, MethodInfo>[] BitMethods = [new(), new(), new(), new(), new(), new(), new(), new()];
    private static readonly ConcurrentDictionary<string, MethodInfo> NamedMethods = new();

    /// <summary>What computes an operation of the x87 in integers.</summary>
    public static readonly MethodInfo X87 = typeof(X87Host).GetMethod(nameof(X87Host.Exactly))!;

    /// <summary>The <see cref="BitMath"/> method on uint or (<paramref name="wide"/>) ulong.</summary>
    public static MethodInfo Bits(string name, int arguments, bool wide)
    {
        ConcurrentDictionary<string, MethodInfo> methods = BitMethods[(2 * arguments) + (wide ? 1 : 0)];
        if (!methods.TryGetValue(name, out MethodInfo? method))
        {
            var types = new Type[arguments];
            for (int i = 0; i < arguments; i++)
            {
                types[i] = wide ? typeof(ulong) : typeof(uint);
            }

            method = typeof(BitMath).GetMethod(name, types) ?? throw new MissingMethodException(nameof(BitMath), name);
            methods[name] = method;
        }

        return method;
    }

    /// <summary>A method of <see cref="VectorMath"/>; its name ends in the lane's width.</summary>
    public static MethodInfo Vector(string name) =>
        NamedMethods.GetOrAdd(name, static key => typeof(VectorMath).GetMethod(key) ?? throw new MissingMethodException(nameof(VectorMath), key));

    /// <summary>The method of <see cref="FloatFast"/> that leaves nothing to the host.</summary>
    public static MethodInfo ExactFloat(string name, bool wide) =>
        NamedMethods.GetOrAdd(name + (wide ? "64Exactly" : "32Exactly"), static key => typeof(FloatFast).GetMethod(key, BindingFlags.Static | BindingFlags.NonPublic) ?? throw new MissingMethodException(nameof(FloatFast), key));

    /// <summary>A method of <see cref="FloatHelpers"/>; its name ends in the format's width.</summary>
    public static MethodInfo Float(string name) =>
        NamedMethods.GetOrAdd(name, static key => typeof(FloatHelpers).GetMethod(key) ?? throw new MissingMethodException(nameof(FloatHelpers), key));
}
