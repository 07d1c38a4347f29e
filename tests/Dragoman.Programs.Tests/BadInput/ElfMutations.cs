namespace Dragoman.Programs.Tests;

/// <summary>Every field of the ELF header and of each program header, to be overwritten one by one.</summary>
public static class ElfMutations
{
    private static readonly (string Name, int Offset, int Size)[] HeaderFields =
    [
        ("EI_MAG0", 0, 1), ("EI_MAG3", 3, 1), ("EI_CLASS", 4, 1), ("EI_DATA", 5, 1), ("EI_VERSION", 6, 1), ("EI_OSABI", 7, 1), ("EI_ABIVERSION", 8, 1), ("e_type", 16, 2), ("e_machine", 18, 2),
        ("e_version", 20, 4), ("e_entry", 24, 8), ("e_phoff", 32, 8), ("e_shoff", 40, 8), ("e_flags", 48, 4), ("e_ehsize", 52, 2), ("e_phentsize", 54, 2), ("e_phnum", 56, 2), ("e_shentsize", 58, 2),
        ("e_shnum", 60, 2), ("e_shstrndx", 62, 2),
    ];

    private static readonly (string Name, int Offset, int Size)[] ProgramFields =
    [
        ("p_type", 0, 4), ("p_flags", 4, 4), ("p_offset", 8, 8), ("p_vaddr", 16, 8), ("p_paddr", 24, 8), ("p_filesz", 32, 8), ("p_memsz", 40, 8), ("p_align", 48, 8),
    ];

    // Those of ELFCLASS32.
    private static readonly (string Name, int Offset, int Size)[] NarrowHeaderFields =
    [
        .. HeaderFields.TakeWhile(field => field.Name != "e_entry"), ("e_entry", 24, 4), ("e_phoff", 28, 4), ("e_shoff", 32, 4), ("e_flags", 36, 4), ("e_ehsize", 40, 2), ("e_phentsize", 42, 2),
        ("e_phnum", 44, 2), ("e_shentsize", 46, 2), ("e_shnum", 48, 2), ("e_shstrndx", 50, 2),
    ];

    private static readonly (string Name, int Offset, int Size)[] NarrowProgramFields =
    [
        ("p_type", 0, 4), ("p_offset", 4, 4), ("p_vaddr", 8, 4), ("p_paddr", 12, 4), ("p_filesz", 16, 4), ("p_memsz", 20, 4), ("p_flags", 24, 4), ("p_align", 28, 4),
    ];

    /// <summary>All changed files, each with what was changed.</summary>
    public static IEnumerable<(string Change, byte[] File)> Of(byte[] original)
    {
        bool isNarrow = original[4] == 1;
        int start = (int)(isNarrow ? Get(original, 28, 4) : Get(original, 32, 8)), count = (int)Get(original, isNarrow ? 44 : 56, 2), entry = isNarrow ? 32 : 56;
        IEnumerable<(string Name, int Offset, int Size)> fields = (isNarrow ? NarrowHeaderFields : HeaderFields).Concat(
            Enumerable.Range(0, count).SelectMany(i => (isNarrow ? NarrowProgramFields : ProgramFields).Select(field => ($"{field.Name}[{i}]", start + (i * entry) + field.Offset, field.Size))));
        foreach ((string name, int offset, int size) in fields)
        {
            ulong ones = size == 8 ? ulong.MaxValue : (1UL << (size * 8)) - 1, high = 1UL << ((size * 8) - 1);
            ulong old = Get(original, offset, size);
            foreach (ulong value in new HashSet<ulong> { 0, 1, ones, high, high - 1, old ^ high, old + 1 & ones, old + 4096 & ones })
            {
                if (value != old)
                {
                    byte[] copy = (byte[])original.Clone();
                    for (int i = 0; i < size; i++)
                    {
                        copy[offset + i] = (byte)(value >> (8 * i));
                    }

                    yield return ($"{name} = 0x{value:x}", copy);
                }
            }
        }
    }

    private static ulong Get(byte[] file, int offset, int size)
    {
        ulong value = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | file[offset + i];
        }

        return value;
    }
}
