using Dragoman.Linux.Elf;

namespace Dragoman.Linux.Tests.Elf;

/// <summary>What is executable, what is not, and why.</summary>
public sealed class ElfImageTests
{
    private static readonly ElfTarget s_target = new(183, true, 4096, 1UL << 46);

    /// <summary>Each row: bytes to write at an offset, and what the message must say.</summary>
    public static TheoryData<string, int, byte[], string> Spoiled => new()
    {
        { "magic", 0, [0x7E], "not an ELF file" },
        { "class", 4, [1], "AArch64 ILP32" },
        { "unknown class", 4, [3], "unknown ELF class 3" },
        { "big-endian", 5, [2], "big-endian" },
        { "unknown byte order", 5, [7], "byte order 7" },
        { "relocatable", 16, [1, 0], "relocatable object" },
        { "core", 16, [4, 0], "core dump" },
        { "x86-64", 18, [62, 0], "ELF file for x86-64, not AArch64" },
        { "phentsize", 54, [32, 0], "program header size is 32, not 56" },
        { "phnum 0", 56, [0, 0], "no program headers" },
        { "phnum huge", 56, [0xFF, 0xFF], "too many program headers" },
        { "phoff", 32, [0, 0, 0, 0, 0, 0, 0, 0x80], "program headers lie outside the file" },
        { "phoff wraps", 32, [0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "program headers lie outside the file" },
        { "filesz > memsz", ElfBuilder.PhOffset + 32, [1, 0x10], "larger in the file than in memory" },
        { "memsz huge", ElfBuilder.PhOffset + 40, [0, 0, 0, 0, 0, 0, 0, 0x80], "does not fit into the address space" },
        { "vaddr wraps", ElfBuilder.PhOffset + 16, [0, 0, 0, 0, 0, 0xF0, 0xFF, 0xFF], "does not fit into the address space" },
        { "misaligned", ElfBuilder.PhOffset + 16, [8], "is not aligned with its file offset" },
        { "offset", ElfBuilder.PhOffset + 8, [0, 0, 0x10], "lies outside the file" },
        { "overlap", ElfBuilder.PhOffset + ElfBuilder.PhSize + 16, [0, 0, 0x40], "overlap" },
        { "below the minimum", ElfBuilder.PhOffset + 16, [0, 0, 0], "below the lowest address" },
    };

    [Theory]
    [InlineData(3)]
    [InlineData(62)]
    [InlineData(183)]
    [InlineData(0x9026)]
    public void AFileOfTheOtherClassIsNamedOtherwise(int machine) =>
        Assert.NotEqual(ElfMachines.Describe(machine, is64: true), ElfMachines.Describe(machine, is64: false));

    [Fact]
    public void ReadsAnExecutable()
    {
        var image = ElfImage.Read(new MemoryElfSource(ElfBuilder.Executable()), s_target);
        Assert.Equal(0x400100UL, image.Header.Entry);
        Assert.False(image.Header.IsPositionIndependent);
        Assert.Equal(3, image.ProgramHeaders.Count);
        Assert.False(image.ExecutableStack);
        Assert.Null(image.InterpreterPath);
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void RefusesWithAReason(string what, int offset, byte[] bytes, string reason)
    {
        var file = ElfBuilder.Executable();
        bytes.CopyTo(file, offset);
        var error = Assert.Throws<ElfFormatException>(() => ElfImage.Read(new MemoryElfSource(file), s_target));
        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void RefusesWithoutALoadableSegment()
    {
        var file = ElfBuilder.Executable();
        ElfBuilder.U32(file, ElfBuilder.PhOffset, 4);
        ElfBuilder.U32(file, ElfBuilder.PhOffset + ElfBuilder.PhSize, 4);
        Assert.Contains("no loadable segment", Assert.Throws<ElfFormatException>(() => ElfImage.Read(new MemoryElfSource(file), s_target)).Message);
    }

    [Theory]
    [InlineData("/lib/ld-linux-aarch64.so.1\0", "/lib/ld-linux-aarch64.so.1", null)]
    [InlineData("/lib/ld.so", null, "not terminated")]
    [InlineData("\0", null, "interpreter path of 1 bytes")]
    public void ReadsTheInterpreter(string bytes, string? path, string? reason)
    {
        var file = ElfBuilder.Executable(3);
        System.Text.Encoding.Latin1.GetBytes(bytes).CopyTo(file, 0x300);
        ElfBuilder.Program(file, 2, 3, 4, 0x300, 0x400300, (ulong)bytes.Length, (ulong)bytes.Length, 1);
        if (reason is null)
        {
            Assert.Equal(path, ElfImage.Read(new MemoryElfSource(file), s_target).InterpreterPath);
        }
        else
        {
            Assert.Contains(reason, Assert.Throws<ElfFormatException>(() => ElfImage.Read(new MemoryElfSource(file), s_target)).Message);
        }
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var whole = ElfBuilder.Executable();
        for (var length = 0; length < 0x1800; length++)
        {
            Assert.Throws<ElfFormatException>(() => ElfImage.Read(new MemoryElfSource(whole[..length]), s_target));
        }

        ElfImage.Read(new MemoryElfSource(whole[..0x1800]), s_target);
    }

    [Fact]
    public void NoHeaderByteLeadsToAnythingButAnImageOrAReason()
    {
        // Every byte of both headers, at edge values; then random words in random fields.
        byte[] edges = [0x00, 0x01, 0x7F, 0x80, 0xFF];
        var refused = 0;
        var taken = 0;
        for (var at = 0; at < ElfBuilder.PhOffset + (3 * ElfBuilder.PhSize); at++)
        {
            foreach (var edge in edges)
            {
                Count(at, BitConverter.GetBytes((ulong)edge)[..1]);
            }
        }

        var random = new Random(20250101);
        for (var i = 0; i < 20000; i++)
        {
            var at = random.Next(ElfBuilder.PhOffset + (3 * ElfBuilder.PhSize) - 8);
            Count(at, BitConverter.GetBytes(random.Next(4) switch
            {
                0 => (ulong)random.NextInt64(),
                1 => ulong.MaxValue - (ulong)random.Next(0x10000),
                2 => (ulong)random.Next(0x10000),
                _ => 1UL << random.Next(64),
            }));
        }

        Assert.True(refused > 1000 && taken > 1000, $"{refused} refused, {taken} taken");

        void Count(int at, byte[] bytes)
        {
            var file = ElfBuilder.Executable();
            bytes.CopyTo(file, at);
            try
            {
                ElfImage.Read(new MemoryElfSource(file), s_target);
                taken++;
            }
            catch (ElfFormatException)
            {
                refused++;
            }
        }
    }
}
