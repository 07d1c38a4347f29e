namespace Dragoman.Isa.Syntax;

/// <summary>A line of the <c>isa</c> block.</summary>
public abstract record IsaEntry(TextSpan Span);

/// <summary><c>insn 32 little</c>: unit in bits, or for <c>insn bytes 15</c> <paramref name="IsBytes"/> and the longest length.</summary>
public sealed record UnitEntry(TextSpan Span, int Size, bool IsBytes, bool IsBigEndian) : IsaEntry(Span);

/// <summary><c>elf 183</c>: the machine number of ELF files that hold such code.</summary>
public sealed record ElfEntry(TextSpan Span, int Machine) : IsaEntry(Span);

/// <summary><c>memory { .. }</c>.</summary>
public sealed record MemoryEntry(TextSpan Span, IReadOnlyList<Setting> Settings) : IsaEntry(Span);

/// <summary>
/// <c>reg NAME[count]: type names A, B, .. memory system shared { PART: high:low, .. }</c>. <paramref name="Count"/> is null for a single register;
/// <paramref name="Names"/> are those of an array's elements, or empty.
/// </summary>
public sealed record RegisterEntry(TextSpan Span, Name Name, Expression? Count, TypeSyntax Type, bool InMemory, IReadOnlyList<RegisterPart> Parts, IReadOnlyList<Name> Names)
    : IsaEntry(Span)
{
    /// <summary>Of privileged software: no process sees it.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Other threads read or write it too.</summary>
    public bool IsShared { get; init; }
}

/// <summary>A named part of a register, both ends included.</summary>
public sealed record RegisterPart(TextSpan Span, Name Name, int High, int Low);

/// <summary><c>pc NAME</c>.</summary>
public sealed record PcEntry(TextSpan Span, Name Name) : IsaEntry(Span);

/// <summary><c>flags NAME { N, Z, C, V }</c>, most significant first.</summary>
public sealed record FlagsEntry(TextSpan Span, Name Name, IReadOnlyList<Name> Flags) : IsaEntry(Span);

/// <summary><c>tbstate { name: width = e; .. }</c>.</summary>
public sealed record TbStateEntry(TextSpan Span, IReadOnlyList<TbStateField> Fields) : IsaEntry(Span);

/// <summary>One <c>tbstate</c> field.</summary>
public sealed record TbStateField(TextSpan Span, Name Name, int Width, Expression Value);

/// <summary><c>fpenv NAME { rounding e; .. }</c>.</summary>
public sealed record FpEnvEntry(TextSpan Span, Name Name, IReadOnlyList<Setting> Settings) : IsaEntry(Span);

/// <summary><c>exceptions { guest: kind, .. }</c>.</summary>
public sealed record ExceptionsEntry(TextSpan Span, IReadOnlyList<ExceptionName> Names) : IsaEntry(Span);

/// <summary>A guest exception and the <c>ExceptionKind</c> it is.</summary>
public sealed record ExceptionName(Name Name, Name Kind);

/// <summary><c>name value</c> or <c>name { settings }</c>.</summary>
public sealed record Setting(TextSpan Span, Name Name, Expression? Value, IReadOnlyList<Setting> Children);
