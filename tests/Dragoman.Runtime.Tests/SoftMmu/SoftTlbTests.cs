using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.SoftMmu;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>What the TLB keeps, and what each flush takes from it.</summary>
public sealed unsafe class SoftTlbTests
{
    private const ulong Page = 0x1000;

    private static long Walks(Bench bench, Action access)
    {
        var before = bench.Vcpu.Tlb.Counters.Walks;
        access();
        return bench.Vcpu.Tlb.Counters.Walks - before;
    }

    private static bool IsInline(Bench bench, ulong address, int mode = 1) =>
        SoftMmuLookup.TryLoad(bench.Vcpu.Env, address, MemOp.Size64.InMode(mode)) != null;

    private static Bench Filled(int pages, params int[] modes)
    {
        var bench = new Bench();
        for (var i = 0; i < pages; i++)
        {
            bench.Map((ulong)i * Page, (ulong)i * Page);
            foreach (var mode in modes)
            {
                Assert.NotNull(bench.Load((ulong)i * Page, mode: mode));
            }
        }

        return bench;
    }

    private static int[] Inline(Bench bench, int pages, int mode = 1) => [.. Enumerable.Range(0, pages).Where(i => IsInline(bench, (ulong)i * Page, mode))];

    [Fact]
    public void A_page_is_walked_once_and_then_found_inline()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        bench.Physical<ulong>(0x3008) = 77;
        Assert.Equal(1, Walks(bench, () => Assert.Equal(77UL, bench.Load(0x5008))));
        Assert.Equal(0, Walks(bench, () => Assert.Equal(77UL, bench.Load(0x5008))));
        Assert.True(IsInline(bench, 0x5008));
        Assert.False(IsInline(bench, 0x5008, mode: 2));
    }

    [Fact]
    public void The_first_store_sets_the_dirty_flag_and_loads_do_not()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        _ = bench.Load(0x5000);
        Assert.Equal(TableMmu.Accessed, bench.Mmu.EntryOf(0x5000) & (TableMmu.Accessed | TableMmu.Dirty));
        Assert.True(bench.Store(0x5000, 5));
        Assert.Equal(TableMmu.Accessed | TableMmu.Dirty, bench.Mmu.EntryOf(0x5000) & (TableMmu.Accessed | TableMmu.Dirty));
        Assert.Equal(5UL, bench.Physical<ulong>(0x3000));
    }

    [Fact]
    public void A_displaced_page_comes_back_from_the_victims()
    {
        using var bench = new Bench();
        var stride = (ulong)bench.Vcpu.Tlb.EntriesOf(1) * Page;
        for (ulong i = 0; i < 10; i++)
        {
            bench.Map(i * stride, i * Page);
            bench.Physical<ulong>(i * Page) = i;
        }

        // One in the table and eight victims; the tenth pushes the first out.
        for (ulong i = 0; i < 9; i++)
        {
            _ = bench.Load(i * stride);
        }

        Assert.Equal(0, Walks(bench, () =>
        {
            for (ulong i = 0; i < 9; i++)
            {
                Assert.Equal(i, bench.Load(i * stride));
            }
        }));
        _ = bench.Load(9 * stride);
        Assert.Equal(1, Walks(bench, () =>
        {
            for (ulong i = 0; i < 9; i++)
            {
                Assert.Equal(i, bench.Load(i * stride));
            }
        }));
    }

    [Fact]
    public void Flushes_of_pages_take_those_pages_in_those_modes_only()
    {
        using var bench = Filled(16, 1, 2, 3);
        bench.Machine.TlbFlushPage(bench.Vcpu, 3 * Page + 5);
        Assert.All([1, 2, 3], mode => Assert.Equal(Enumerable.Range(0, 16).Except([3]), Inline(bench, 16, mode)));
        bench.Machine.TlbFlushPageByMmuIdx(bench.Vcpu, 4 * Page, MmuModes.Of(1) | MmuModes.Of(3));
        Assert.Equal(Enumerable.Range(0, 16).Except([3]), Inline(bench, 16, 2));
        Assert.Equal(Enumerable.Range(0, 16).Except([3, 4]), Inline(bench, 16, 3));
        bench.Machine.TlbFlushRangeByMmuIdx(bench.Vcpu, 6 * Page + 4095, 2 * Page, MmuModes.Of(2), 64);
        Assert.Equal(Enumerable.Range(0, 16).Except([3, 6, 7, 8]), Inline(bench, 16, 2));
        Assert.Equal(Enumerable.Range(0, 16).Except([3, 4]), Inline(bench, 16, 1));
        bench.Machine.TlbFlushByMmuIdx(bench.Vcpu, MmuModes.Of(1));
        Assert.Empty(Inline(bench, 16, 1));
        Assert.NotEmpty(Inline(bench, 16, 2));
        bench.Machine.TlbFlush(bench.Vcpu);
        Assert.Empty(Inline(bench, 16, 2));
        Assert.Empty(Inline(bench, 16, 3));
    }

    [Theory]
    [InlineData(56)]
    [InlineData(20)]
    [InlineData(14)]
    public void Only_the_significant_bits_of_an_address_count(int bits)
    {
        using var bench = Filled(32, 1);
        var tagged = (0xAAUL << 56) | (3 * Page);
        bench.Map(tagged, 3 * Page);
        _ = bench.Load(tagged);
        bench.Machine.TlbFlushPageBitsByMmuIdx(bench.Vcpu, (0x55UL << 56) | (3 * Page), MmuModes.Of(1), bits);
        var gone = Enumerable.Range(0, 32).Where(i => ((ulong)i * Page & ((1UL << bits) - 1)) == 3 * Page);
        Assert.False(IsInline(bench, tagged));

        // The tagged page had displaced its namesake, which the flush must have found among the victims.
        Assert.Equal(1, Walks(bench, () => bench.Load(3 * Page)));
        Assert.Equal(Enumerable.Range(0, 32).Except(gone).Append(3).Order(), Inline(bench, 32));
    }

    [Fact]
    public void Bits_within_the_page_flush_everything()
    {
        using var bench = Filled(8, 1);
        bench.Machine.TlbFlushPageBitsByMmuIdx(bench.Vcpu, 0, MmuModes.Of(1), 12);
        Assert.Empty(Inline(bench, 8));
    }

    [Fact]
    public void A_range_round_the_end_of_the_address_space_takes_both_ends()
    {
        using var bench = Filled(4, 1);
        const ulong last = 0xFFFF_FFFF_FFFF_F000;
        bench.Map(last, 9 * Page);
        _ = bench.Load(last);
        bench.Machine.TlbFlushRangeByMmuIdx(bench.Vcpu, last, 2 * Page, MmuModes.Of(1), 64);
        Assert.False(IsInline(bench, last));
        Assert.Equal([1, 2, 3], Inline(bench, 4));
    }

    [Fact]
    public void A_large_page_is_walked_once_and_flushed_whole_and_alone()
    {
        using var bench = new Bench();
        for (ulong i = 0; i < 16; i++)
        {
            bench.Map(0x20000 + i * Page, 0x10000 + i * Page, TableMmu.Block | TableMmu.Writable);
            bench.Physical<ulong>(0x10000 + i * Page) = i;
        }

        bench.Map(0x5000, 0x3000);
        _ = bench.Load(0x5000);
        Assert.Equal(1, Walks(bench, () =>
        {
            for (ulong i = 0; i < 16; i++)
            {
                Assert.Equal(i, bench.Load(0x20000 + i * Page));
            }
        }));
        Assert.Equal(15, bench.Vcpu.Tlb.Counters.LargePageHits);

        bench.Machine.TlbFlushPage(bench.Vcpu, 0x2F000);
        Assert.All(Enumerable.Range(0, 16), i => Assert.False(IsInline(bench, 0x20000 + (ulong)i * Page)));
        Assert.True(IsInline(bench, 0x5000));
        Assert.Equal(1, Walks(bench, () => bench.Load(0x21000)));
    }

    [Fact]
    public void A_large_page_that_is_forgotten_for_others_leaves_no_entry_behind()
    {
        using var bench = new Bench();
        for (ulong block = 0; block <= LargePages.Capacity; block++)
        {
            bench.Map(AddressIn(block), AddressIn(block), TableMmu.Block);
            _ = bench.Load(AddressIn(block));
        }

        Assert.False(IsInline(bench, AddressIn(0)));
        Assert.True(IsInline(bench, AddressIn(1)));

        // No two of them share an entry of the table.
        static ulong AddressIn(ulong block) => (block << TableMmu.BlockBits) + ((block + (block / 16)) % 16 * Page);
    }

    [Fact]
    public void The_table_grows_when_it_is_full_and_shrinks_when_it_is_empty()
    {
        using var bench = Filled(250, 1);
        Assert.Equal(256, bench.Vcpu.Tlb.EntriesOf(1));
        bench.Machine.TlbFlush(bench.Vcpu);
        Assert.Equal(512, bench.Vcpu.Tlb.EntriesOf(1));
        Assert.Equal(256, bench.Vcpu.Tlb.EntriesOf(2));
        Assert.Empty(Inline(bench, 250));
        for (var i = 0; i < 3; i++)
        {
            Thread.Sleep(120);
            _ = bench.Load(0);
            bench.Machine.TlbFlush(bench.Vcpu);
        }

        Assert.Equal(64, bench.Vcpu.Tlb.EntriesOf(1));
        bench.Physical<ulong>(200 * Page) = 9;
        Assert.Equal(9UL, bench.Load(200 * Page));
    }

    [Fact]
    public void A_flush_skips_modes_that_are_empty()
    {
        using var bench = Filled(2, 1, 2);
        bench.Machine.TlbFlush(bench.Vcpu);
        Assert.Equal(2, bench.Vcpu.Tlb.Counters.FullFlushes);
        Assert.Equal(TlbDescriptor.Modes - 2, bench.Vcpu.Tlb.Counters.ElidedFlushes);
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(56, 0xAA)]
    [InlineData(26, 0xAA)]
    public void A_page_flush_takes_jump_cache_entries_of_its_page_and_the_one_before(int bits, ulong tag)
    {
        using var bench = Filled(8, 1);
        ulong[] pcs = [0x1FFC, 0x2FFE, 0x3000, 0x3804, 0x4000];
        foreach (var pc in pcs)
        {
            bench.Vcpu.Header->JumpCache[JumpCacheEntry.IndexOf(pc)] = new JumpCacheEntry { Pc = pc, Code = 1, Tb = 1 };
        }

        bench.Machine.TlbFlushPageBitsByMmuIdx(bench.Vcpu, tag << 56 | 0x3000, MmuModes.All, bits);
        var left = pcs.Where(pc => bench.Vcpu.Header->JumpCache[JumpCacheEntry.IndexOf(pc)] is { Tb: 1, Code: 1 });
        Assert.Equal([0x1FFCUL, 0x4000UL], left);
        bench.Machine.TlbFlush(bench.Vcpu);
        Assert.DoesNotContain(pcs, pc => bench.Vcpu.Header->JumpCache[JumpCacheEntry.IndexOf(pc)].Tb != 0);
    }
}
