using Dragoman.Linux.Elf;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Tests.Elf;

/// <summary>Segments in memory.</summary>
public sealed class ElfMapperTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly GuestMemory _memory = new(48, 4096, 40);

    public void Dispose()
    {
        File.Delete(_path);
        _memory.Dispose();
    }

    [Fact]
    public void MapsTextDataAndBss()
    {
        var program = Map(ElfBuilder.Executable(), 0);
        Assert.Equal(0UL, program.Bias);
        Assert.Equal(0x400100UL, program.Entry);
        Assert.Equal(0x400000UL + ElfBuilder.PhOffset, program.ProgramHeaders);
        Assert.Equal(0x414000UL, program.End);

        Assert.True(_memory.TryRead(0x411000, out ulong data));
        Assert.Equal(0xABABABABABABABABUL, data);

        // The file goes on after p_filesz; the page's rest is zero all the same, and so is the anonymous part.
        Assert.True(_memory.TryRead(0x411800, out ulong tail));
        Assert.Equal(0UL, tail);
        Assert.True(_memory.TryRead(0x413FF8, out ulong bss));
        Assert.Equal(0UL, bss);
        Assert.False(_memory.TryRead(0x414000, out ulong _));
        Assert.False(_memory.TryWrite(0x400000, 1UL));
        Assert.True(_memory.TryWrite(0x411000, 1UL));
    }

    [Fact]
    public void PlacesAPositionIndependentImageAtTheBaseAskedFor()
    {
        var program = Map(ElfBuilder.Executable(3), 0x10_0000_0000);
        Assert.Equal(0x10_0000_0000UL, program.Start);
        Assert.Equal(program.Bias + 0x400100, program.Entry);
        Assert.True(_memory.TryRead(program.Bias + 0x411000, out ulong data));
        Assert.Equal(0xABABABABABABABABUL, data);
    }

    [Fact]
    public void KeepsALargerAlignment()
    {
        var file = ElfBuilder.Executable(3);
        ElfBuilder.U64(file, ElfBuilder.PhOffset + 48, 0x200000);
        var program = Map(file, 0x10_0000_1000);
        Assert.Equal(0UL, program.Bias & 0x1FFFFF);
    }

    [Fact]
    public void ForgetsAnAlignmentThatIsNoPowerOfTwo()
    {
        var file = ElfBuilder.Executable(3);
        ElfBuilder.U64(file, ElfBuilder.PhOffset + 48, 0x300001);
        Assert.Equal(0x10_0000_1000UL, Map(file, 0x10_0000_1000).Start);
    }

    [Fact]
    public void RefusesAFixedAddressThatIsTaken()
    {
        Map(ElfBuilder.Executable(), 0);
        Assert.Throws<ElfFormatException>(() => Map(ElfBuilder.Executable(), 0));
    }

    private MappedImage Map(byte[] file, ulong preferred)
    {
        File.WriteAllBytes(_path, file);
        using var handle = File.OpenHandle(_path);
        var image = ElfImage.Read(new FileElfSource(handle), new ElfTarget(183, true, 4096, _memory.Limit));
        return ElfMapper.Map(_memory, image, (int)handle.DangerousGetHandle(), new GuestBacking(1, 1), _path, preferred);
    }
}
