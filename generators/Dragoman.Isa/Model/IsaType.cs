namespace Dragoman.Isa.Model;

/// <summary>What a value is.</summary>
public enum TypeKind
{
    /// <summary>Already reported; fits everything.</summary>
    Error,
    Void,
    Int,
    Bool,
    Bits,
    Text,
    Tuple,

    /// <summary>Result of a flags producer: may only be assigned to its flags.</summary>
    Flags,

    /// <summary>Memory order as a value: <c>order(acq: e, rel: e)</c>.</summary>
    Order,
}

/// <summary>A type of the language. Equal by value.</summary>
public sealed class IsaType : IEquatable<IsaType>
{
    public static readonly IsaType Error = new(TypeKind.Error);
    public static readonly IsaType Void = new(TypeKind.Void);
    public static readonly IsaType Int = new(TypeKind.Int);
    public static readonly IsaType Bool = new(TypeKind.Bool, 1);
    public static readonly IsaType Text = new(TypeKind.Text);
    public static readonly IsaType Flags = new(TypeKind.Flags);
    public static readonly IsaType Order = new(TypeKind.Order);

    private IsaType(TypeKind kind, int width = 0, IReadOnlyList<IsaType>? items = null)
    {
        Kind = kind;
        Width = width;
        Items = items ?? [];
    }

    public TypeKind Kind { get; }

    /// <summary>Bits: the width. Bool: 1. Int: the width of the encoding field it is, which <c>cat</c> needs, or 0.</summary>
    public int Width { get; }

    /// <summary>Elements of a tuple.</summary>
    public IReadOnlyList<IsaType> Items { get; }

    public static IsaType Bits(int width) => new(TypeKind.Bits, width);

    public static IsaType IntOf(int width) => new(TypeKind.Int, width);

    public static IsaType Tuple(IReadOnlyList<IsaType> items) => new(TypeKind.Tuple, 0, items);

    public bool IsBits => Kind == TypeKind.Bits;

    public bool IsInt => Kind == TypeKind.Int;

    public bool IsBool => Kind == TypeKind.Bool;

    public bool IsError => Kind == TypeKind.Error;

    public bool Equals(IsaType? other) =>
        other is not null && Kind == other.Kind && (Kind == TypeKind.Int || Width == other.Width) && Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => Equals(obj as IsaType);

    public override int GetHashCode() => (int)Kind * 397 + (Kind == TypeKind.Int ? 0 : Width) + Items.Count;

    public override string ToString() => Kind switch
    {
        TypeKind.Bits => "u" + Width,
        TypeKind.Tuple => "(" + string.Join(", ", Items) + ")",
        TypeKind.Text => "str",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

/// <summary>When a value is known.</summary>
public enum BindingTime
{
    /// <summary>When the project is built: a constant of the description.</summary>
    Build,

    /// <summary>While translating: a C# value in the frontend.</summary>
    Translate,

    /// <summary>When the guest runs: a temp of the IR.</summary>
    Run,
}
