namespace Dragoman.Linux.Elf;

/// <summary>A section that holds bytes of the file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Guest address.</param>
/// <param name="Offset">Offset in the file, checked.</param>
/// <param name="Size">Bytes, checked.</param>
public sealed record ElfSection(string Name, ulong Address, ulong Offset, ulong Size);
