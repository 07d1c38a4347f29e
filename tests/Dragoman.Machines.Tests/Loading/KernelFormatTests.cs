using System.Buffers.Binary;
using Dragoman.Machines.Loading;

namespace Dragoman.Machines.Tests.Loading;

/// <summary>What is a kernel, where it goes, and what is refused.</summary>
public sealed class KernelFormatTests
{
    private const ulong Ram = 0x4000_0000, Size = 64 << 20;

    [Fact]
    public void Anything_is_an_image_without_a_header()
    {
        var image = KernelFormat.Read(new byte[100], Ram, Size);
        Assert.Equal((Ram + 0x8_0000, true), (image.Entry, image.FollowsLinux));
        Assert.Equal(image.Entry + 100, image.End);
    }

    [Fact]
    public void Linux_says_where_it_goes_and_how_much_it_needs()
    {
        var image = KernelFormat.Read(Linux(offset: 0, size: 0x10_0000), Ram, Size);
        Assert.Equal((Ram, Ram + 0x10_0000, true), (image.Entry, image.End, image.FollowsLinux));
        Assert.Equal(Ram + 0x8_0000, KernelFormat.Read(Linux(offset: 0x1234, size: 0), Ram, Size).Entry);
    }

    [Fact]
    public void Elf_segments_go_to_their_physical_addresses()
    {
        var image = KernelFormat.Read(Elf(entry: 0xFFFF_0000_4000_0010, address: 0xFFFF_0000_4000_0000, physical: Ram, inFile: 8, inMemory: 0x2000), Ram, Size);
        Assert.Equal((Ram + 0x10, Ram + 0x2000, false), (image.Entry, image.End, image.FollowsLinux));
        Assert.Equal(8, image.Pieces.Single().Content.Length);
    }

    [Fact]
    public void Bad_files_are_refused_in_a_line()
    {
        Assert.Equal("the file is empty", Refusal([]));
        Assert.Contains("big-endian", Refusal(Linux(flags: 1)));
        Assert.Contains("offset of 0x300000", Refusal(Linux(offset: 0x30_0000, size: 1)));
        Assert.Contains("RAM is 0x40000000 to 0x43ffffff", Refusal(Linux(size: Size + 1)));
        Assert.Contains("cut off", Refusal(Elf()[..40]));
        Assert.Contains("program headers are cut off", Refusal(Elf()[..80]));
        Assert.Contains("other processors", Refusal(Elf(machine: 62)));
        Assert.Contains("not linked", Refusal(Elf(type: 1)));
        Assert.Contains("nothing to load", Refusal(Elf(inMemory: 0, inFile: 0)));
        Assert.Contains("segment 0 is cut off", Refusal(Elf(inFile: 0x1_0000, inMemory: 0x1_0000)));
        Assert.Contains("segment 0 is cut off", Refusal(Elf(inFile: 8, inMemory: 4)));
        Assert.Contains("RAM is", Refusal(Elf(physical: 0x8_0000)));
        Assert.Contains("RAM is", Refusal(Elf(physical: Ram + Size - 4)));
        Assert.Contains("cut off", Refusal(Elf(physical: ulong.MaxValue - 4)));
    }

    [Fact]
    public void No_header_brings_anything_but_a_refusal()
    {
        Random random = new(5);
        foreach (var good in (byte[][])[Elf(), Linux(size: 0x1000)])
        {
            for (var round = 0; round < 20_000; round++)
            {
                var bad = good[..random.Next(good.Length + 1)];
                for (var change = random.Next(5); change > 0 && bad.Length > 0; change--)
                {
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);
                }

                try
                {
                    var image = KernelFormat.Read(bad, Ram, Size);
                    Assert.All(image.Pieces, piece => Assert.True(piece.Address >= Ram && piece.Size <= Size && (ulong)piece.Content.Length <= piece.Size && piece.Address + piece.Size <= Ram + Size));
                }
                catch (KernelException)
                {
                }
            }
        }
    }

    private static string Refusal(byte[] file) => Assert.Throws<KernelException>(() => KernelFormat.Read(file, Ram, Size)).Message;

    private static byte[] Linux(ulong offset = 0, ulong size = 0, ulong flags = 0)
    {
        var file = new byte[256];
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(16), size);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), flags);
        "ARM\x64"u8.CopyTo(file.AsSpan(56));
        return file;
    }

    private static byte[] Elf(ulong entry = Ram, ulong address = Ram, ulong physical = Ram, ulong inFile = 8, ulong inMemory = 8, ushort machine = 183, ushort type = 2)
    {
        var file = new byte[64 + 56 + 8];
        "\x7F"u8.CopyTo(file);
        "ELF"u8.CopyTo(file.AsSpan(1));
        (file[4], file[5], file[6]) = (2, 1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), entry);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        var segment = file.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[8..], 120);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], physical);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], inFile);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], inMemory);
        return file;
    }
}
