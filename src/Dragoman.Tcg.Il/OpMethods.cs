using System.Collections.Concurrent;
using System.Reflection;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>The C# methods that IL of ops calls, looked up once each. Any thread.</summary>
internal static class OpMethods
{
    private static readonly ConcurrentDictionary<(string Name, int Arguments, bool Wide), MethodInfo> BitMethods = new();
    private static readonly ConcurrentDictionary<string, MethodInfo> NamedMethods = new();

    /// <summary>The <see cref="BitMath"/> method on uint or (<paramref name="wide"/>) ulong.</summary>
    public static MethodInfo Bits(string name, int arguments, bool wide) =>
        BitMethods.GetOrAdd((name, arguments, wide), static key =>
        {
            Type type = key.Wide ? typeof(ulong) : typeof(uint);
            Type[] types = [.. Enumerable.Repeat(type, key.Arguments)];
            return typeof(BitMath).GetMethod(key.Name, types) ?? throw new MissingMethodException(nameof(BitMath), key.Name);
        });

    /// <summary>A method of <see cref="VectorMath"/>; its name ends in the lane's width.</summary>
    public static MethodInfo Vector(string name) =>
        NamedMethods.GetOrAdd(name, static key => typeof(VectorMath).GetMethod(key) ?? throw new MissingMethodException(nameof(VectorMath), key));

    /// <summary>A method of <see cref="FloatHelpers"/>; its name ends in the format's width.</summary>
    public static MethodInfo Float(string name) =>
        NamedMethods.GetOrAdd(name, static key => typeof(FloatHelpers).GetMethod(key) ?? throw new MissingMethodException(nameof(FloatHelpers), key));
}
