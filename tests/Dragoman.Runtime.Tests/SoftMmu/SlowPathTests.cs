using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.SoftMmu;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>Accesses that cannot be done inline.</summary>
public sealed unsafe class SlowPathTests
{
    [Fact]
    public void Accesses_across_pages_see_both()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        bench.Map(0x6000, 0x9000);
        Assert.True(bench.Store(0x5FFD, 0x1122334455667788));
        Assert.Equal(0x88, bench.Physical<byte>(0x3FFD));
        Assert.Equal(0x1122334455UL, bench.Physical<ulong>(0x9000));
        Assert.Equal(0x1122334455667788UL, bench.Load(0x5FFD));
        Assert.Equal(0x6677U, bench.Load(0x5FFE, MemOp.Size16));
        Assert.Equal(0xFFFF_FFFF_8899_AABBUL, SignExtended(bench));

        static ulong? SignExtended(Bench bench)
        {
            bench.Physical<byte>(0x3FFF) = 0xBB;
            bench.Physical<uint>(0x9000) = 0x008899AA;
            return bench.Load(0x5FFF, MemOp.Size32 | MemOp.Sign);
        }
    }

    [Fact]
    public void A_store_whose_second_page_faults_stores_nothing()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        bench.Map(0x6000, 0x9000, flags: 0);
        Assert.False(bench.Store(0x5FFC, ulong.MaxValue));
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
        Assert.Equal(0x6000UL, bench.Vcpu.Header->FaultGuestAddress);
        Assert.Equal(0U, bench.Physical<uint>(0x3FFC));
    }

    [Fact]
    public void Alignment_is_asked_before_the_page_is()
    {
        using var bench = new Bench();
        Assert.Null(bench.Load(0x7001, MemOp.Size32 | MemOp.Align));
        Assert.Equal(ExceptionKind.AlignmentFault, bench.TakeException());
        bench.Map(0x7000, 0x3000);
        _ = bench.Load(0x7000);
        Assert.Null(bench.Load(0x7001, MemOp.Size32 | MemOp.Align));
        Assert.Equal(ExceptionKind.AlignmentFault, bench.TakeException());
        Assert.Equal(0UL, bench.Load(0x7001, MemOp.Size32));
        Assert.Null(bench.Load(0x700C, MemOp.Size64 | MemOp.Within16));
        Assert.Equal(ExceptionKind.AlignmentFault, bench.TakeException());
    }

    [Fact]
    public void Devices_are_asked_once_in_the_accesss_size_under_the_big_lock()
    {
        using var bench = new Bench();
        bench.Map(0x5000, Bench.DeviceAt);
        Assert.Equal(0x44332215UL, bench.Load(0x5004, MemOp.Size32));
        Assert.True(bench.Store(0x5008, 0xFFFF_FFFF_1234_5678, MemOp.Size16));
        Assert.Equal(["r4@4", "w2@8=5678"], bench.Device.Accesses);
        Assert.False(bench.Machine.BigLock.IsHeld);
        Assert.True(SoftMmuLookup.TryLoad(bench.Vcpu.Env, 0x5004, MemOp.Size32.InMode(1)) == null);
    }

    [Fact]
    public void An_access_across_into_a_device_is_done_in_bytes()
    {
        using var bench = new Bench();
        bench.Map(0x4000, 0x3000);
        bench.Map(0x5000, Bench.DeviceAt);
        bench.Physical<ushort>(0x3FFE) = 0xBEEF;
        Assert.Equal(0x1211BEEFUL, bench.Load(0x4FFE, MemOp.Size32));
        Assert.Equal(["r1@0", "r1@1"], bench.Device.Accesses);
    }

    [Fact]
    public void Where_nothing_lies_is_a_bus_fault()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x7000_0000);
        Assert.Null(bench.Load(0x5010));
        Assert.Equal(ExceptionKind.GuestTrap, bench.TakeException());
        Assert.Equal(["bus Read 5010 70000010"], bench.Mmu.Events);
    }

    [Fact]
    public void Rom_drops_stores()
    {
        using var bench = new Bench();
        bench.Map(0x5000, Bench.RomAt);
        *(ulong*)bench.Rom.Host = 42;
        Assert.True(bench.Store(0x5000, 1));
        Assert.Equal(42UL, bench.Load(0x5000));
    }

    [Fact]
    public void Watchpoints_are_hit_before_the_access()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        _ = bench.Load(0x5000);
        var watchpoint = new Watchpoint(0x5008, 4, Reads: false, Writes: true);
        bench.Vcpu.Tlb.AddWatchpoint(watchpoint);
        Assert.Equal(0UL, bench.Load(0x5008));
        Assert.True(bench.Store(0x5000, 1));
        Assert.True(bench.Store(0x500C, 1, MemOp.Size32));
        Assert.Empty(bench.Mmu.Events);
        bench.Mmu.StopsAtWatchpoints = true;
        Assert.False(bench.Store(0x5004, ulong.MaxValue));
        Assert.Equal(ExceptionKind.Breakpoint, bench.TakeException());
        Assert.Equal(["watch Write 5004"], bench.Mmu.Events);
        Assert.Equal(0U, bench.Physical<uint>(0x3004));
        Assert.True(bench.Vcpu.Tlb.RemoveWatchpoint(watchpoint));
        Assert.True(bench.Store(0x5008, 1));
        Assert.True(SoftMmuLookup.TryStore(bench.Vcpu.Env, 0x5008, MemOp.Size64.InMode(1)) != null);
    }

    [Fact]
    public void Stores_to_tracked_pages_are_seen_and_then_inline_again()
    {
        using var bench = new Bench(vcpus: 2);
        bench.Map(0x5000, 0x3000);
        foreach (var vcpu in bench.Vcpus)
        {
            Assert.True(Bench.Store(vcpu, 0x5000, 1, MemOp.Size64, 1));
        }

        Assert.True(bench.Machine.Memory.ResetDirty(bench.Ram, 0x3000, 0x1000, DirtyClients.Display));
        Assert.False(bench.Machine.Memory.ResetDirty(bench.Ram, 0x3000, 0x1000, DirtyClients.Display));
        Assert.All(bench.Vcpus, vcpu => Assert.True(SoftMmuLookup.TryStore(vcpu.Env, 0x5000, MemOp.Size64.InMode(1)) == null));
        Assert.NotNull(bench.Load(0x5000));
        Assert.Equal(DirtyClients.All & ~DirtyClients.Display, bench.Ram.DirtyAt(0x3000));
        Assert.True(bench.Store(0x5008, 2));
        Assert.Equal(DirtyClients.All, bench.Ram.DirtyAt(0x3000));
        Assert.True(SoftMmuLookup.TryStore(bench.Vcpu.Env, 0x5008, MemOp.Size64.InMode(1)) != null);

        // The other vCPU hears of it at its own next store.
        Assert.True(SoftMmuLookup.TryStore(bench.Vcpus[1].Env, 0x5008, MemOp.Size64.InMode(1)) == null);
        Assert.True(Bench.Store(bench.Vcpus[1], 0x5008, 3, MemOp.Size64, 1));
        Assert.True(SoftMmuLookup.TryStore(bench.Vcpus[1].Env, 0x5008, MemOp.Size64.InMode(1)) != null);
    }

    [Fact]
    public void A_store_to_code_is_told_after_it_and_protects_until_the_code_is_gone()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000);
        Assert.True(bench.Store(0x5000, 1));
        var code = new Code(bench);
        bench.Machine.Memory.Code = code;
        bench.Machine.Memory.ResetDirty(bench.Ram, 0x3000, 1, DirtyClients.Code);
        Assert.True(bench.Store(0x5010, 0xAB, MemOp.Size32));
        Assert.True(bench.Store(0x5020, 0xCD, MemOp.Size16));
        code.IsGone = true;
        Assert.True(bench.Store(0x5030, 0xEF, MemOp.Size8));
        Assert.True(bench.Store(0x5040, 0x11));
        Assert.Equal(["3010+4=ab", "3020+2=cd", "3030+1=ef"], code.Stores);
    }

    [Fact]
    public void An_exclusive_load_needs_no_right_to_store_and_an_atomic_does()
    {
        using var bench = new Bench();
        bench.Map(0x5000, 0x3000, flags: 0);
        Assert.True(SoftMmuLookup.LoadPlace((nint)bench.Vcpu.Env, 0x5008, (uint)MemOp.Size64.InMode(1)) == (nint)bench.Ram.Host + 0x3008);
        Assert.Equal(0, SoftMmuLookup.UpdatePlace((nint)bench.Vcpu.Env, 0x5008, (uint)MemOp.Size64.InMode(1)));
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
        bench.Map(0x6000, Bench.DeviceAt);
        Assert.Equal(0, SoftMmuLookup.UpdatePlace((nint)bench.Vcpu.Env, 0x6008, (uint)MemOp.Size64.InMode(1)));
        Assert.Equal(ExceptionKind.Atomic, bench.TakeException());
    }

    private sealed class Code(Bench bench) : ITranslatedCode
    {
        public List<string> Stores { get; } = [];

        public bool IsGone { get; set; }

        public void Written(RamBlock block, ulong offset, int length)
        {
            Stores.Add($"{offset:x}+{length}={bench.Physical<byte>(offset):x}");
            if (IsGone)
            {
                block.SetDirty(offset, DirtyClients.Code);
            }
        }
    }
}
