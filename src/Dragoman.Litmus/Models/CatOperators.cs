using System.Numerics;

namespace Dragoman.Litmus.Models;

/// <summary>The operators of <c>cat</c>, as nodes over nodes.</summary>
internal static class CatOperators
{
    /// <summary>A bitwise operator on two sets or on two relations.</summary>
    public static CatNode Both(CatNode left, CatNode right, Func<ulong, ulong, ulong> bits, Func<string, Exception> error)
    {
        bool isStatic = left.IsStatic && right.IsStatic;
        return (left, right) switch
        {
            (CatSet a, CatSet b) => new CatSet(isStatic, e => bits(a.Of(e), b.Of(e))),
            (CatRelation a, CatRelation b) => new CatRelation(isStatic, (e, result) =>
            {
                Relation x = a.Of(e), y = b.Of(e);
                for (int i = 0; i < e.Count; i++)
                {
                    result[i] = bits(x[i], y[i]);
                }
            }),
            _ => throw error("an operator stands between a set and a relation"),
        };
    }

    public static CatRelation Compose(CatRelation left, CatRelation right) =>
        new(left.IsStatic && right.IsStatic, (e, result) => result.Compose(left.Of(e), right.Of(e), e.Count));

    public static CatRelation Closure(CatRelation relation) => new(relation.IsStatic, (e, result) =>
    {
        Relation inner = relation.Of(e);
        for (int i = 0; i < e.Count; i++)
        {
            result[i] = inner[i];
        }

        result.Close(e.Count);
    });

    public static CatRelation Inverse(CatRelation relation) => new(relation.IsStatic, (e, result) =>
    {
        Relation inner = relation.Of(e);
        result.Clear();
        for (int i = 0; i < e.Count; i++)
        {
            for (ulong rest = inner[i]; rest != 0; rest &= rest - 1)
            {
                result.Add(BitOperations.TrailingZeroCount(rest), i);
            }
        }
    });

    public static CatRelation Identity(CatSet set) => new(set.IsStatic, (e, result) =>
    {
        ulong members = set.Of(e);
        for (int i = 0; i < e.Count; i++)
        {
            result[i] = members & (1UL << i);
        }
    });

    public static CatRelation Product(CatSet left, CatSet right) => new(left.IsStatic && right.IsStatic, (e, result) =>
    {
        ulong from = left.Of(e), to = right.Of(e);
        for (int i = 0; i < e.Count; i++)
        {
            result[i] = (from >> i & 1) != 0 ? to : 0;
        }
    });

    public static CatSet Domain(CatRelation relation) => new(relation.IsStatic, e =>
    {
        Relation inner = relation.Of(e);
        ulong members = 0;
        for (int i = 0; i < e.Count; i++)
        {
            members |= inner[i] != 0 ? 1UL << i : 0;
        }

        return members;
    });
}
