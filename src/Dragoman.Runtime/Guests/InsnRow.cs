namespace Dragoman.Runtime.Guests;

/// <summary>One row of a description whose instructions are strings of bytes; the list of a guest is emitted from it.</summary>
/// <param name="Name">Name of the <c>insn</c>, as in <see cref="AuditEntry.Instruction"/>.</param>
/// <param name="Lead">A prefix that belongs to the opcode: it stands before the prefixes that must be last.</param>
/// <param name="Code">The bytes from the opcode, or the vector prefix, to ModRM, with all fields 0; what follows depends on ModRM.</param>
/// <param name="Fields">Its fields, with bits counted from the first byte's least significant; the last may lie in the byte behind, which is there if ModRM says so.</param>
/// <param name="TakesPrefixes">Whether prefixes may stand before it.</param>
/// <param name="IsWhole">Nothing follows the code.</param>
public sealed record InsnRow(string Name, IReadOnlyList<byte> Lead, IReadOnlyList<byte> Code, IReadOnlyList<InsnField> Fields, bool TakesPrefixes, bool IsWhole);

/// <summary>A prefix that changes what a row means.</summary>
/// <param name="Name">Its name in the description.</param>
/// <param name="Value">The byte, with all fields 0.</param>
/// <param name="Fields">Fields in the byte.</param>
/// <param name="IsLast">It must stand directly before the opcode.</param>
public sealed record InsnPrefix(string Name, byte Value, IReadOnlyList<InsnField> Fields, bool IsLast);
