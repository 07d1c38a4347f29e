using System.Buffers.Binary;
using System.Text;
using Dragoman.Linux.Loading;

namespace Dragoman.Linux.Tests.Loading;

/// <summary>The stack image, read back as a program's start-up code reads it.</summary>
public sealed class InitialStackTests
{
    private const ulong Top = 0x7FFF_FFF0_0000;

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void HoldsArgumentsEnvironmentAndAuxiliaryVector(int word)
    {
        var top = word == 8 ? Top : 0xBFFF_0000;
        var random = Enumerable.Range(1, 16).Select(i => (byte)i).ToArray();
        var stack = InitialStack.Build(
            top, word, ["prog", "", "second \u00ff"], ["HOME=/", "A=b=c"], "./prog", "aarch64", random, [new(AuxType.PageSize, 4096), new(AuxType.Entry, 0x400100)]);
        Assert.Equal(0UL, stack.StackPointer & 15);
        Assert.Equal(top, stack.StackPointer + (ulong)stack.Bytes.Length);

        var at = 0;
        ulong Word()
        {
            var value = word == 8
                ? BinaryPrimitives.ReadUInt64LittleEndian(stack.Bytes.AsSpan(at))
                : BinaryPrimitives.ReadUInt32LittleEndian(stack.Bytes.AsSpan(at));
            at += word;
            return value;
        }

        string Text(ulong address)
        {
            var start = (int)(address - stack.StackPointer);
            return Encoding.Latin1.GetString(stack.Bytes, start, Array.IndexOf(stack.Bytes, (byte)0, start) - start);
        }

        Assert.Equal(3UL, Word());
        var first = Word();
        Assert.Equal(stack.ArgumentStart, first);
        Assert.Equal("prog", Text(first));
        Assert.Equal("", Text(Word()));
        Assert.Equal("second \u00ff", Text(Word()));
        Assert.Equal(0UL, Word());
        Assert.Equal("HOME=/", Text(Word()));
        Assert.Equal("A=b=c", Text(Word()));
        Assert.Equal(0UL, Word());

        var auxiliary = new Dictionary<AuxType, ulong>();
        var auxiliaryStart = at;
        AuxType type;
        do
        {
            type = (AuxType)Word();
            auxiliary[type] = Word();
        }
        while (type != AuxType.Null);

        Assert.Equal(stack.Bytes[auxiliaryStart..at], stack.Auxiliary);
        Assert.Equal(4096UL, auxiliary[AuxType.PageSize]);
        Assert.Equal(0x400100UL, auxiliary[AuxType.Entry]);
        Assert.Equal("./prog", Text(auxiliary[AuxType.ExecFn]));
        Assert.Equal("aarch64", Text(auxiliary[AuxType.Platform]));
        var randomAt = (int)(auxiliary[AuxType.Random] - stack.StackPointer);
        Assert.Equal(random, stack.Bytes[randomAt..(randomAt + 16)]);
    }
}
