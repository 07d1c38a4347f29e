using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Interrupts.Gic;

namespace Dragoman.Machines.Tests.Gic;

/// <summary>GICv2 as IHI 0048B has it.</summary>
public sealed class GicV2Tests
{
    private const ulong Ctlr = 0, Typer = 4, Groups = 0x80, SetEnable = 0x100, ClearEnable = 0x180, SetPending = 0x200, ClearPending = 0x280, SetActive = 0x300,
        Priorities = 0x400, Targets = 0x800, Configuration = 0xC00, Sgir = 0xF00, ClearSources = 0xF10, SetSources = 0xF20;

    private const ulong Pmr = 4, Bpr = 8, Iar = 0xC, Eoir = 0x10, Rpr = 0x14, Hppir = 0x18, Aiar = 0x20, Aeoir = 0x24, Dir = 0x1000;

    private const uint Spurious = 1023;

    private readonly (InterruptLine Irq, InterruptLine Fiq)[] _lines = TestMachine.Lines(4);
    private readonly GicV2 _gic;

    public GicV2Tests()
    {
        _gic = new GicV2(_lines, 256);
        SetD(Ctlr, 3);
        for (var cpu = 0; cpu < 4; cpu++)
        {
            SetC(Ctlr, 1, cpu);
            SetC(Pmr, 0xFF, cpu);
        }
    }

    [Fact]
    public void Identifies_itself()
    {
        Assert.Equal(8u | 3u << 5, D(Typer)); // 288 interrupts, 4 CPUs
        Assert.Equal(0x2u, D(0xFE8) >> 4); // ICPIDR2.ArchRev
        Assert.Equal(0x0D, (int)D(0xFF0));
        Assert.Equal(0xB1, (int)D(0xFFC));
    }

    [Fact]
    public void A_shared_interrupt_goes_to_its_targets_only_when_all_gates_are_open()
    {
        var line = _gic.SharedLine(1);
        line.Set(true);
        Assert.False(_lines[1].Irq.IsAsserted);
        SetD(SetEnable + 4, 1 << 1);
        Assert.False(_lines[1].Irq.IsAsserted);
        _gic.Distributor.Write(Targets + 33, 2, 1, 0);
        Assert.True(_lines[1].Irq.IsAsserted);
        Assert.False(_lines[0].Irq.IsAsserted);
        SetC(Pmr, 0, 1);
        Assert.False(_lines[1].Irq.IsAsserted);
        SetC(Pmr, 0xFF, 1);
        SetD(Ctlr, 2);
        Assert.False(_lines[1].Irq.IsAsserted);
    }

    [Fact]
    public void A_level_interrupt_is_active_then_pending_again_while_its_wire_is_asserted()
    {
        var line = Connect(5, priority: 0x80);
        line.Set(true);
        Assert.Equal(37u, C(Iar));
        Assert.False(_lines[0].Irq.IsAsserted); // active and pending: not signalled
        Assert.Equal(0x80u, C(Rpr));
        Assert.Equal(1u << 5, D(SetActive + 4));
        SetC(Eoir, 37);
        Assert.True(_lines[0].Irq.IsAsserted);
        Assert.Equal(37u, C(Iar));
        line.Set(false);
        SetC(Eoir, 37);
        Assert.Equal(Spurious, C(Iar));
        Assert.Equal(0xFFu, C(Rpr));
    }

    [Fact]
    public void An_edge_is_kept_until_it_is_acknowledged()
    {
        var line = Connect(5, priority: 0x80);
        SetD(Configuration + 8, 2u << 10);
        line.Set(true);
        line.Set(false);
        Assert.Equal(1u << 5, D(SetPending + 4));
        Assert.Equal(37u, C(Iar));
        SetC(Eoir, 37);
        Assert.Equal(Spurious, C(Iar));
    }

    [Fact]
    public void Software_makes_and_clears_pending()
    {
        _ = Connect(7, priority: 0);
        SetD(SetPending + 4, 1 << 7);
        Assert.True(_lines[0].Irq.IsAsserted);
        SetD(ClearPending + 4, 1 << 7);
        Assert.False(_lines[0].Irq.IsAsserted);
    }

    [Fact]
    public void The_higher_priority_comes_first_and_preempts()
    {
        var (low, high) = (Connect(1, priority: 0xA0), Connect(2, priority: 0x20));
        low.Set(true);
        Assert.Equal(33u, C(Iar));
        high.Set(true);
        Assert.True(_lines[0].Irq.IsAsserted);
        Assert.Equal(34u, C(Iar));
        Assert.Equal(0x20u, C(Rpr));
        SetC(Eoir, 34);
        Assert.Equal(0xA0u, C(Rpr));
        SetC(Eoir, 33);
    }

    [Fact]
    public void Equal_priorities_do_not_preempt_and_the_lower_number_comes_first()
    {
        var (second, first) = (Connect(9, priority: 0x40), Connect(3, priority: 0x40));
        second.Set(true);
        first.Set(true);
        Assert.Equal(35u, C(Iar));
        Assert.False(_lines[0].Irq.IsAsserted);
        Assert.Equal(41u, C(Hppir));
    }

    [Fact]
    public void The_binary_point_says_which_bits_preempt()
    {
        SetC(Bpr, 4); // group priority: bits 7 to 5
        var (one, other) = (Connect(1, priority: 0x48), Connect(2, priority: 0x40));
        one.Set(true);
        Assert.Equal(33u, C(Iar));
        other.Set(true);
        Assert.False(_lines[0].Irq.IsAsserted);
        other.Set(false);
        SetC(Eoir, 33);
        SetC(Bpr, 2); // bits 7 to 3
        Assert.Equal(33u, C(Iar));
        other.Set(true);
        Assert.True(_lines[0].Irq.IsAsserted);
    }

    [Fact]
    public void An_sgi_names_its_source_and_each_source_is_answered()
    {
        SetD(Sgir, 1u << 16 | 5, cpu: 2); // to CPU 0
        SetD(Sgir, 1u << 16 | 5, cpu: 3);
        Assert.Equal(5u | 2u << 10, C(Iar));
        SetC(Eoir, 5 | 2u << 10);
        Assert.Equal(5u | 3u << 10, C(Iar));
        SetC(Eoir, 5 | 3u << 10);
        Assert.Equal(Spurious, C(Iar));
    }

    [Theory]
    [InlineData(0u, 0b1010u, 0b1010)]
    [InlineData(1u, 0u, 0b1101)]
    [InlineData(2u, 0u, 0b0010)]
    public void An_sgi_goes_to_a_list_to_all_others_or_to_its_sender(uint filter, uint list, int expected)
    {
        SetD(Sgir, filter << 24 | list << 16 | 1, cpu: 1);
        Assert.Equal(expected, Enumerable.Range(0, 4).Sum(cpu => _lines[cpu].Irq.IsAsserted ? 1 << cpu : 0));
    }

    [Fact]
    public void Pending_sources_can_be_set_and_cleared()
    {
        SetD(SetSources, 0x0200); // SGI 1 from CPU 1
        Assert.Equal(1u | 1u << 10, C(Hppir));
        SetD(ClearSources, 0x0200);
        Assert.Equal(Spurious, C(Hppir));
    }

    [Fact]
    public void Registers_of_private_interrupts_are_each_cpus_own()
    {
        SetD(SetEnable, 1 << 27, cpu: 2);
        Assert.Equal(0x0800_FFFFu, D(SetEnable, cpu: 2));
        Assert.Equal(0xFFFFu, D(SetEnable, cpu: 0)); // SGIs are always enabled
        SetD(ClearEnable, uint.MaxValue, cpu: 2);
        Assert.Equal(0xFFFFu, D(SetEnable, cpu: 2));
        Assert.Equal(0x0404_0404u, D(Targets, cpu: 2));
        _gic.PrivateLine(2, 27).Set(true);
        SetD(SetEnable, 1 << 27, cpu: 2);
        Assert.True(_lines[2].Irq.IsAsserted);
        Assert.Equal(27u, C(Iar, 2));
    }

    [Fact]
    public void Group_0_is_fiq_where_that_is_enabled_and_group_1_needs_the_alias()
    {
        SetC(Ctlr, 3 | 1 << 3);
        SetD(Groups + 4, 1 << 2);
        Connect(1, priority: 0x80).Set(true);
        Assert.True(_lines[0].Fiq.IsAsserted);
        Assert.Equal(33u, C(Iar));
        Connect(2, priority: 0x40).Set(true);
        Assert.True(_lines[0].Irq.IsAsserted);
        Assert.Equal(1022u, C(Iar));
        Assert.Equal(34u, C(Aiar));
        SetC(Aeoir, 34);
        SetC(Eoir, 33);
        Assert.Equal(0xFFu, C(Rpr));
    }

    [Fact]
    public void Ending_in_two_steps_drops_the_priority_first()
    {
        SetC(Ctlr, 1 | 1 << 9);
        var line = Connect(1, priority: 0x80);
        line.Set(true);
        Assert.Equal(33u, C(Iar));
        SetC(Eoir, 33);
        Assert.Equal(0xFFu, C(Rpr));
        Assert.Equal(1u << 1, D(SetActive + 4));
        Assert.False(_lines[0].Irq.IsAsserted);
        SetC(Dir, 33);
        Assert.True(_lines[0].Irq.IsAsserted);
    }

    [Fact]
    public void Priorities_are_written_by_byte_or_word()
    {
        _gic.Distributor.Write(Priorities + 34, 0x5A, 1, 0);
        Assert.Equal(0x005A_0000u, D(Priorities + 32));
        SetD(Priorities + 32, 0x0102_0304);
        Assert.Equal(0x03ul, _gic.Distributor.Read(Priorities + 33, 1, 0));
        Assert.Equal(0u, D(Priorities + 0x3FC)); // no such interrupts
        SetD(Priorities + 0x3FC, uint.MaxValue);
    }

    private InterruptLine Connect(int number, byte priority)
    {
        SetD(SetEnable + (ulong)(4 + (number / 32 * 4)), 1u << number % 32);
        _gic.Distributor.Write(Targets + 32 + (ulong)number, 1, 1, 0);
        _gic.Distributor.Write(Priorities + 32 + (ulong)number, priority, 1, 0);
        return _gic.SharedLine(number);
    }

    private uint D(ulong offset, int cpu = 0) => (uint)_gic.Distributor.Read(offset, 4, cpu);

    private void SetD(ulong offset, uint value, int cpu = 0) => _gic.Distributor.Write(offset, value, 4, cpu);

    private uint C(ulong offset, int cpu = 0) => (uint)_gic.CpuInterface.Read(offset, 4, cpu);

    private void SetC(ulong offset, uint value, int cpu = 0) => _gic.CpuInterface.Write(offset, value, 4, cpu);
}
