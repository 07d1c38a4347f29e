using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.Tests;

public sealed unsafe class GuestMemoryTests : IDisposable
{
    private const GuestProtection ReadWrite = GuestProtection.Read | GuestProtection.Write;
    private const GuestMapFlags Anonymous = GuestMapFlags.Private | GuestMapFlags.Anonymous;
    private readonly GuestMemory _memory = new(addressBits: 48, pageSize: 4096);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void ReservesARegionWithGuards()
    {
        Assert.InRange(_memory.LimitLog2, 40, 46);
        Assert.True(_memory.TryToGuest((ulong)_memory.Base - 1, out _));
        Assert.True(_memory.TryToGuest((ulong)_memory.Base + _memory.Limit + GuestMemory.GuardSize - 1, out _));
        Assert.False(_memory.TryToGuest((ulong)_memory.Base + _memory.Limit + GuestMemory.GuardSize, out _));
        byte value;
        Assert.Equal(0, HostMemory.ReadSafely(_memory.Base - GuestMemory.GuardSize, &value, 1));
        Assert.Equal(0, HostMemory.ReadSafely(_memory.Base + _memory.Limit, &value, 1));
    }

    [Fact]
    public void PlacesMappingsTopDownAndHonoursHints()
    {
        var first = (ulong)_memory.Map(0, 5000, ReadWrite, Anonymous);
        var second = (ulong)_memory.Map(0, 4096, ReadWrite, Anonymous);
        Assert.Equal(_memory.MmapBase - 8192, first);
        Assert.Equal(first - 4096, second);
        Assert.Equal(0x123000, _memory.Map(0x123456, 4096, ReadWrite, Anonymous));
        Assert.NotEqual(0x123000, _memory.Map(0x123000, 4096, ReadWrite, Anonymous));
    }

    [Fact]
    public void FillsAHoleBetweenMappings()
    {
        var top = (ulong)_memory.Map(0, 3 * 4096, ReadWrite, Anonymous);
        _memory.Map(0, 4096, GuestProtection.Read, Anonymous);
        Assert.Equal(0, _memory.Unmap(top + 4096, 4096));
        Assert.Equal((long)top + 4096, _memory.Map(0, 4096, ReadWrite, Anonymous));
    }

    [Fact]
    public void RefusesWhatMmapRefuses()
    {
        Assert.Equal(-22, _memory.Map(0, 0, ReadWrite, Anonymous));
        Assert.Equal(-22, _memory.Map(0x1001, 4096, ReadWrite, Anonymous | GuestMapFlags.Fixed));
        Assert.Equal(-22, _memory.Map(0, 4096, ReadWrite, GuestMapFlags.Anonymous));
        Assert.Equal(-12, _memory.Map(_memory.Limit - 4096, 8192, ReadWrite, Anonymous | GuestMapFlags.Fixed));
        Assert.Equal(-12, _memory.Map(0, ulong.MaxValue, ReadWrite, Anonymous));
        Assert.Equal(0x10000, _memory.Map(0x10000, 4096, ReadWrite, Anonymous | GuestMapFlags.FixedNoReplace));
        Assert.Equal(-17, _memory.Map(0x10000, 4096, ReadWrite, Anonymous | GuestMapFlags.FixedNoReplace));
        Assert.Equal(-9, _memory.Map(0, 4096, ReadWrite, GuestMapFlags.Private, descriptor: 987654));
        Assert.Equal(-22, _memory.Unmap(1, 4096));
        Assert.Equal(-22, _memory.Unmap(0, ulong.MaxValue));
    }

    [Fact]
    public void SplitsAndJoinsMappings()
    {
        _memory.Map(0x10000, 0x4000, ReadWrite, Anonymous | GuestMapFlags.Fixed);
        Assert.Equal(0, _memory.Protect(0x11000, 0x1000, GuestProtection.Read));
        Assert.Equal(
            [(0x10000UL, 0x11000UL, ReadWrite), (0x11000UL, 0x12000UL, GuestProtection.Read), (0x12000UL, 0x14000UL, ReadWrite)],
            _memory.Snapshot().Select(m => (m.Start, m.End, m.Protection)));
        Assert.True(_memory.Check(0x10000, 0x4000, GuestProtection.Read));
        Assert.False(_memory.Check(0x10000, 0x4000, GuestProtection.Write));
        Assert.Equal(0, _memory.Protect(0x11000, 0x1000, ReadWrite));
        Assert.Single(_memory.Snapshot());
        Assert.Equal(0, _memory.Unmap(0x11000, 0x1000));
        Assert.Equal([0x10000UL, 0x12000UL], _memory.Snapshot().Select(m => m.Start));
        Assert.Equal(-12, _memory.Protect(0x10000, 0x4000, GuestProtection.Read));
        Assert.Equal(GuestProtection.Read, _memory.Find(0x10000)!.Protection);
    }

    [Fact]
    public void ReadsAndWritesOnlyWhereTheGuestMay()
    {
        _memory.Map(0x10000, 0x1000, ReadWrite, Anonymous | GuestMapFlags.Fixed);
        _memory.Map(0x11000, 0x1000, GuestProtection.Read, Anonymous | GuestMapFlags.Fixed);
        Assert.True(_memory.TryWrite(0x10FFC, 0x11223344));
        Assert.False(_memory.TryWrite(0x10FFC, 0x1122334455667788));
        Assert.True(_memory.TryRead(0x10FFC, out ulong value));
        Assert.Equal(0x11223344UL, value);
        Assert.False(_memory.TryRead(0x11FFC, out ulong _));
        Assert.False(_memory.TryRead(ulong.MaxValue - 2, out ulong _));
        Assert.False(_memory.TryWrite(_memory.Limit - 1, (short)1));
    }

    [Fact]
    public void FindsTheEndOfAFileWithoutCrashing()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[100]);
        using (var stream = File.OpenRead(path))
        {
            _memory.Map(0x10000, 0x2000, ReadWrite, GuestMapFlags.Private | GuestMapFlags.Fixed, (int)stream.SafeFileHandle.DangerousGetHandle(), 0, new GuestBacking(1, 2), path);
        }

        File.Delete(path);
        Assert.True(_memory.TryRead(0x10FF8, out ulong _));
        Assert.False(_memory.TryRead(0x10FFC, out ulong _));
        Assert.False(_memory.TryWrite(0x11000, 1));
    }

    [Fact]
    public void MovesAndGrowsAndShrinksAMapping()
    {
        _memory.Map(0x10000, 0x2000, ReadWrite, Anonymous | GuestMapFlags.Fixed);
        _memory.TryWrite(0x11000, 42);
        Assert.Equal(0x10000, _memory.Remap(0x10000, 0x2000, 0x4000, GuestRemapFlags.None));
        Assert.True(_memory.TryWrite(0x13000, 43));
        Assert.Equal(0x10000, _memory.Remap(0x10000, 0x4000, 0x3000, GuestRemapFlags.None));
        Assert.False(_memory.TryWrite(0x13000, 43));
        _memory.Map(0x13000, 0x1000, GuestProtection.Read, Anonymous | GuestMapFlags.Fixed);
        Assert.Equal(-12, _memory.Remap(0x10000, 0x3000, 0x4000, GuestRemapFlags.None));
        var moved = _memory.Remap(0x10000, 0x3000, 0x5000, GuestRemapFlags.MayMove);
        Assert.True(moved > 0);
        Assert.True(_memory.TryRead((ulong)moved + 0x1000, out int value));
        Assert.Equal(42, value);
        Assert.True(_memory.TryWrite((ulong)moved + 0x4000, 44));
        Assert.Null(_memory.Find(0x10000));
        byte hole;
        Assert.Equal(0, HostMemory.ReadSafely(_memory.ToHost(0x10000), &hole, 1));
        Assert.Equal(0x50000, _memory.Remap((ulong)moved, 0x5000, 0x5000, GuestRemapFlags.MayMove | GuestRemapFlags.Fixed, 0x50000));
        Assert.True(_memory.TryRead(0x51000, out value));
        Assert.Equal(42, value);
        Assert.Equal(-14, _memory.Remap(0x90000, 0x1000, 0x2000, GuestRemapFlags.MayMove));
    }

    [Fact]
    public void KeepsBackingAndOffsetOfAliases()
    {
        var first = (ulong)_memory.Map(0, 0x3000, ReadWrite, GuestMapFlags.Shared | GuestMapFlags.Anonymous);
        var backing = _memory.Find(first)!.Backing;
        Assert.NotNull(backing);

        // mremap of length 0 makes a second mapping of the same shared memory.
        var second = (ulong)_memory.Remap(first, 0, 0x3000, GuestRemapFlags.MayMove);
        Assert.Equal(backing, _memory.Find(second)!.Backing);
        _memory.TryWrite(first + 0x1000, 99);
        Assert.True(_memory.TryRead(second + 0x1000, out int value));
        Assert.Equal(99, value);
        _memory.Unmap(first, 0x1000);
        Assert.Equal(0x1000UL, _memory.Find(first + 0x1000)!.Offset);
    }

    [Fact]
    public void SupportsGuestPagesLargerThanTheHosts()
    {
        using var memory = new GuestMemory(addressBits: 43, pageSize: 8192);
        var address = (ulong)memory.Map(0, 1, ReadWrite, Anonymous);
        Assert.Equal(0UL, address % 8192);
        Assert.True(memory.TryWrite(address + 8188, 1));
        Assert.Equal(-22, memory.Map(4096, 8192, ReadWrite, Anonymous | GuestMapFlags.Fixed));
        Assert.Equal(-22, memory.Protect(address + 4096, 4096, GuestProtection.Read));
    }

    [Theory]
    [InlineData(100, GuestMapFlags.Private)]
    [InlineData(4096, GuestMapFlags.Private)]
    [InlineData(4096, GuestMapFlags.Shared)]
    [InlineData(5000, GuestMapFlags.Shared)]
    public void AFilesLastLargePageIsZerosPastItsEndAndTheNextIsNotThere(int length, GuestMapFlags flags)
    {
        using var memory = new GuestMemory(addressBits: 43, pageSize: 8192);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)7, length)]);
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            var at = (ulong)memory.Map(0, 3 * 8192, ReadWrite, flags, (int)file.DangerousGetHandle(), 0, new GuestBacking(1, 2));
            var page = new byte[8192];
            Assert.True(memory.TryRead(at, page));
            Assert.Equal([.. Enumerable.Repeat((byte)7, length), .. new byte[8192 - length]], page);
            Assert.True(memory.TryWrite(at + 8184, 0x1122334455667788));
            Assert.True(memory.TryRead(at + 8184, out long back));
            Assert.Equal(0x1122334455667788, back);
            Assert.True(memory.FillFileEnd(at + 8191));
            Assert.False(memory.FillFileEnd(at + 8192));
            Assert.False(memory.TryRead(at + 8190, page.AsSpan(0, 4)));
            Assert.False(memory.TryWrite(at + 8192, (byte)1));
            Assert.Equal(0, memory.Protect(at, 8192, GuestProtection.Read));
            Assert.False(memory.TryWrite(at + 8184, (byte)1));
            Assert.Equal(length, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void StaysConsistentUnderRandomOperations()
    {
        // Against a plain array of page protections.
        const int pages = 64;
        var random = new Random(7);
        var model = new GuestProtection?[pages];
        GuestProtection[] protections = [GuestProtection.None, GuestProtection.Read, ReadWrite, GuestProtection.Read | GuestProtection.Execute];
        for (var step = 0; step < 3000; step++)
        {
            var first = random.Next(pages);
            var count = random.Next(1, Math.Min(9, pages - first + 1));
            var address = 0x10000 + ((ulong)first * 4096);
            var protection = protections[random.Next(protections.Length)];
            switch (random.Next(3))
            {
                case 0:
                    Assert.Equal((long)address, _memory.Map(address, (ulong)count * 4096, protection, Anonymous | GuestMapFlags.Fixed));
                    Array.Fill(model, protection, first, count);
                    break;
                case 1:
                    Assert.Equal(0, _memory.Unmap(address, (ulong)count * 4096));
                    Array.Fill(model, null, first, count);
                    break;
                default:
                    var mapped = model.Skip(first).Take(count).TakeWhile(p => p is not null).Count();
                    Assert.Equal(mapped == count ? 0 : -12, _memory.Protect(address, (ulong)count * 4096, protection));
                    Array.Fill(model, protection, first, mapped);
                    break;
            }

            var page = random.Next(pages);
            var at = 0x10000 + ((ulong)page * 4096);
            Assert.Equal(model[page], _memory.Find(at)?.Protection);
            byte probe;
            var readable = model[page] is not null and not GuestProtection.None;
            Assert.Equal(readable ? 1 : 0, HostMemory.ReadSafely(_memory.ToHost(at), &probe, 1));
            Assert.Equal(model[page] == ReadWrite, _memory.TryWrite(at, (byte)1));
        }

        var snapshot = _memory.Snapshot();
        for (var i = 1; i < snapshot.Count; i++)
        {
            Assert.True(snapshot[i - 1].End <= snapshot[i].Start);
            Assert.False(snapshot[i - 1].Joins(snapshot[i]));
        }
    }
}
