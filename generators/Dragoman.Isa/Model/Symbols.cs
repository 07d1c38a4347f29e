using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>A CPU model: its features, and the numbers that set it apart.</summary>
public sealed record CpuSymbol(string Name, string? Documentation, IReadOnlyCollection<string> Features, IReadOnlyDictionary<string, long> Values);

/// <summary>A register or register array of the guest.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Count">Elements; 1 for a single register.</param>
/// <param name="IsArray">Declared with <c>[count]</c>.</param>
/// <param name="Width">Bits of one element.</param>
/// <param name="InMemory">Kept in the vCPU block only: not a global of the IR.</param>
/// <param name="Parts">Named parts.</param>
public sealed record RegisterSymbol(string Name, int Count, bool IsArray, int Width, bool InMemory, IReadOnlyList<RegisterPart> Parts)
{
    /// <summary>Bytes from <c>env</c> of the first element.</summary>
    public int Offset { get; set; }

    /// <summary>Index of the first element among the globals, or -1.</summary>
    public int Global { get; set; } = -1;

    /// <summary>Name among the constants of the generated layout: flags carry the name of their set.</summary>
    public string LayoutName { get; init; } = Name;

    /// <summary>Names of an array's elements, or empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Of privileged software: no process sees it.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Other threads read or write it too; translated code does not write it.</summary>
    public bool IsShared { get; init; }

    /// <summary>Bytes that one element takes in the block.</summary>
    public int Size => Width <= 32 ? 4 : Width <= 64 ? 8 : 16;
}

/// <summary>A set of one-bit flags, most significant first.</summary>
public sealed record FlagsSymbol(string Name, IReadOnlyList<RegisterSymbol> Flags);

/// <summary>A local of a body: field, <c>for</c> variable, <c>let</c>, <c>var</c>, parameter, loop variable.</summary>
public sealed class LocalSymbol(string name, IsaType type, BindingTime time)
{
    /// <summary>Unique C# name in its method.</summary>
    public string Name { get; } = name;

    public IsaType Type { get; } = type;

    public BindingTime Time { get; } = time;

    /// <summary>For a tuple: the time of each element.</summary>
    public IReadOnlyList<BindingTime> ItemTimes { get; init; } = [];

    /// <summary>May be assigned.</summary>
    public bool IsVariable { get; init; }

    /// <summary>Passed by reference.</summary>
    public bool IsInOut { get; init; }
}

/// <summary>A field of an encoding.</summary>
public sealed record FieldSymbol(string Name, int Low, int Width, bool Signed);
