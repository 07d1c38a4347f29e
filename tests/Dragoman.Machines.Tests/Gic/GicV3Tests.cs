using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Interrupts.Gic;

namespace Dragoman.Machines.Tests.Gic;

/// <summary>GICv3 as IHI 0069 has it, with affinity routing and one Security state.</summary>
public sealed class GicV3Tests
{
    private const ulong SgiFrame = 0x1_0000, Routes = 0x6000;

    private static readonly uint
        Pmr = Icc(4, 6, 0), Iar0 = Icc(12, 8, 0), Hppir1 = Icc(12, 12, 2), Bpr1 = Icc(12, 12, 3), Dir = Icc(12, 11, 1), Rpr = Icc(12, 11, 3), Sgi1R = Icc(12, 11, 5), Sgi0R = Icc(12, 11, 7),
        Iar1 = Icc(12, 12, 0), Eoir1 = Icc(12, 12, 1), Ctlr = Icc(12, 12, 4), Sre = Icc(12, 12, 5), IgrpEn0 = Icc(12, 12, 6), IgrpEn1 = Icc(12, 12, 7);

    private readonly (InterruptLine Irq, InterruptLine Fiq)[] _lines = TestMachine.Lines(20);
    private readonly GicV3 _gic;

    public GicV3Tests()
    {
        // Clusters of 16: CPU 17 is 0.0.1.1.
        _gic = new GicV3(_lines, [.. Enumerable.Range(0, 20).Select(cpu => (ulong)(cpu % 16 | cpu / 16 << 8))], 256);
        _gic.Distributor.Write(0, 3, 4, 0);
        for (var cpu = 0; cpu < 20; cpu++)
        {
            Set(cpu, Pmr, 0xFF);
            Set(cpu, IgrpEn1, 1);
            _gic.Redistributors.Write(Sgi(cpu, 0x80), 0xFFFF_FFFF, 4, 0); // group 1
            _gic.Redistributors.Write(Sgi(cpu, 0x100), 0xFFFF_FFFF, 4, 0);
        }
    }

    [Fact]
    public void Identifies_itself()
    {
        Assert.Equal(0x53ul, _gic.Distributor.Read(0, 4)); // DS, ARE, both groups
        Assert.Equal(8ul, _gic.Distributor.Read(4, 4) & 0x1F);
        Assert.Equal(3ul, _gic.Distributor.Read(0xFFE8, 4) >> 4);
        Assert.Equal(3ul, _gic.Redistributors.Read(0xFFE8, 4) >> 4);
        Assert.Equal(0x101ul << 32 | 17 << 8, _gic.Redistributors.Read(17 * GicV3.RedistributorSize + 8, 8));
        Assert.Equal(0x103ul << 32 | 19 << 8 | 1 << 4, _gic.Redistributors.Read(19 * GicV3.RedistributorSize + 8, 8)); // Last
        Assert.Equal(7ul, Get(0, Sre));
        Assert.Equal(4ul, Get(0, Ctlr) >> 8 & 7); // 5 bits of priority
    }

    [Fact]
    public void A_redistributor_wakes()
    {
        var waker = GicV3.RedistributorSize + 0x14;
        Assert.Equal(6ul, _gic.Redistributors.Read(waker, 4));
        _gic.Redistributors.Write(waker, 0, 4);
        Assert.Equal(0ul, _gic.Redistributors.Read(waker, 4));
    }

    [Fact]
    public void A_shared_interrupt_goes_where_its_route_says()
    {
        var line = Connect(5, 0x101);
        line.Set(true);
        Assert.Equal([17], Asserted());
        Assert.Equal(0x101ul, _gic.Distributor.Read(Routes + (37 * 8), 8));
        Assert.Equal(37ul, Get(17, Iar1));
        Assert.Equal(0xA0ul, Get(17, Rpr));
        line.Set(false);
        Set(17, Eoir1, 37);
        Assert.Equal(1023ul, Get(17, Iar1));
        Assert.Equal(0xFFul, Get(17, Rpr));
    }

    [Fact]
    public void A_private_interrupt_is_the_redistributors()
    {
        _gic.PrivateLine(3, 27).Set(true);
        Assert.Equal([3], Asserted());
        Assert.Equal(1ul << 27, _gic.Redistributors.Read(Sgi(3, 0x200), 4));
        Assert.Equal(0ul, _gic.Distributor.Read(0x200, 4));
        Assert.Equal(27ul, Get(3, Hppir1));
        Set(3, Dir, 27);
        Assert.Equal(27ul, Get(3, Iar1));
    }

    [Fact]
    public void An_sgi_goes_to_a_list_in_a_cluster()
    {
        Set(0, Sgi1R, 1ul << 16 | 0b1010 | 7 << 24); // Aff1 1, CPUs 1 and 3 of it
        Assert.Equal([17, 19], Asserted());
        Assert.Equal(7ul, Get(17, Iar1));
    }

    [Fact]
    public void An_sgi_goes_to_all_but_its_sender()
    {
        Set(4, Sgi1R, 1ul << 40);
        Assert.Equal(Enumerable.Range(0, 20).Where(cpu => cpu != 4), Asserted());
    }

    [Fact]
    public void An_sgi_of_the_other_group_is_not_forwarded()
    {
        Set(0, Sgi0R, 1ul << 40);
        Assert.Empty(Asserted());
    }

    [Fact]
    public void Group_0_is_fiq()
    {
        _gic.Redistributors.Write(Sgi(2, 0x80), 0, 4);
        Set(2, IgrpEn0, 1);
        _gic.PrivateLine(2, 30).Set(true);
        Assert.True(_lines[2].Fiq.IsAsserted);
        Assert.False(_lines[2].Irq.IsAsserted);
        Assert.Equal(1023ul, Get(2, Iar1));
        Assert.Equal(30ul, Get(2, Iar0));
    }

    [Fact]
    public void Priorities_have_five_bits()
    {
        Set(0, Pmr, 0xFF);
        Assert.Equal(0xF8ul, Get(0, Pmr));
        _gic.Redistributors.Write(Sgi(0, 0x400), 0xFFFF_FFFF, 4);
        Assert.Equal(0xF8F8_F8F8ul, _gic.Redistributors.Read(Sgi(0, 0x400), 4));
        Set(0, Bpr1, 0);
        Assert.Equal(3ul, Get(0, Bpr1));
    }

    [Fact]
    public void A_register_that_is_not_there_is_told_of()
    {
        Assert.False(_gic.SystemRegisters.TryRead(0, Icc(12, 8, 5), out _));
        Assert.False(_gic.SystemRegisters.TryRead(0, Eoir1, out _)); // write-only
        Assert.False(_gic.SystemRegisters.TryWrite(0, Iar1, 0)); // read-only
    }

    [Fact]
    public void What_lies_behind_the_last_redistributor_reads_as_zero()
    {
        Assert.Equal(0ul, _gic.Redistributors.Read((20 * GicV3.RedistributorSize) + 8, 8));
        _gic.Redistributors.Write((20 * GicV3.RedistributorSize) + 0x14, 0, 4);
    }

    private static uint Icc(uint crn, uint crm, uint op2) => 3u << 14 | crn << 7 | crm << 3 | op2;

    private static ulong Sgi(int cpu, ulong offset) => ((ulong)cpu * GicV3.RedistributorSize) + SgiFrame + offset;

    private InterruptLine Connect(int number, ulong route)
    {
        _gic.Distributor.Write(0x84, 1u << number, 4);
        _gic.Distributor.Write(0x104, 1u << number, 4);
        _gic.Distributor.Write(0x420 + (ulong)number, 0xA0, 1);
        _gic.Distributor.Write(Routes + ((32 + (ulong)number) * 8), route, 8);
        return _gic.SharedLine(number);
    }

    private int[] Asserted() => [.. Enumerable.Range(0, 20).Where(cpu => _lines[cpu].Irq.IsAsserted)];

    private ulong Get(int cpu, uint register)
    {
        Assert.True(_gic.SystemRegisters.TryRead(cpu, register, out var value));
        return value;
    }

    private void Set(int cpu, uint register, ulong value) => Assert.True(_gic.SystemRegisters.TryWrite(cpu, register, value));
}
