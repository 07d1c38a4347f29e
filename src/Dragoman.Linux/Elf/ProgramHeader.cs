namespace Dragoman.Linux.Elf;

/// <summary>One program header, the same for both ELF classes. A class: lists of framework types over structs are compiled at run time.</summary>
public sealed record ProgramHeader(
    uint Type, uint Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize, ulong Align)
{
    public const uint Load = 1;
    public const uint Interpreter = 3;
    public const uint Headers = 6;
    public const uint GnuStack = 0x6474e551;
    public const uint Executable = 1;
    public const uint Writable = 2;
    public const uint Readable = 4;
}
