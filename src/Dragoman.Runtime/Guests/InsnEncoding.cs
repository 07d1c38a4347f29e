namespace Dragoman.Runtime.Guests;

/// <summary>The pattern of one <c>insn</c> of a description; the list of a guest is emitted from it.</summary>
/// <param name="Name">Name of the <c>insn</c>, as in <see cref="AuditEntry.Instruction"/>.</param>
/// <param name="Value">A word of the instruction with all fields 0.</param>
/// <param name="Fields">Its fields, most significant first.</param>
public sealed record InsnEncoding(string Name, ulong Value, IReadOnlyList<InsnField> Fields);

/// <summary>A field of an instruction word.</summary>
/// <param name="Name">Its name in the description.</param>
/// <param name="Low">Its lowest bit, counted from the word's least significant.</param>
/// <param name="Width">Its bits.</param>
public readonly record struct InsnField(string Name, int Low, int Width);
