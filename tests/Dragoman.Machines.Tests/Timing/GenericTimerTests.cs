using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Timing;

namespace Dragoman.Machines.Tests.Timing;

/// <summary>The generic timer as DDI 0487, chapter D12, has it: 62.5 MHz, so 16 ns a count.</summary>
public sealed class GenericTimerTests
{
    private const uint Frq = Base, Count = Base | 1, VirtualCount = Base | 2, PhysicalValue = Base | 2 << 3, PhysicalControl = PhysicalValue | 1, PhysicalCompare = PhysicalValue | 2,
        VirtualValue = Base | 3 << 3, VirtualControl = VirtualValue | 1, VirtualCompare = VirtualValue | 2, Base = 3u << 14 | 3 << 11 | 14 << 7;

    private readonly ManualClock _clock = new();
    private readonly InterruptLine _physical = InterruptLine.Unconnected, _virtual = InterruptLine.Unconnected;
    private readonly GenericTimer _timer;

    public GenericTimerTests() => _timer = new GenericTimer(_clock, _physical, _virtual);

    [Fact]
    public void Counts()
    {
        _clock.Advance(1_000_000_000);
        Assert.Equal(62_500_000ul, Get(Frq));
        Assert.Equal(62_500_000ul, Get(Count));
        Assert.Equal(62_500_000ul, Get(VirtualCount));
    }

    [Fact]
    public void Asserts_its_line_when_the_value_is_reached_and_until_it_is_moved()
    {
        Set(VirtualCompare, 1000);
        Set(VirtualControl, 1);
        _clock.Advance(15_999);
        Assert.False(_virtual.IsAsserted);
        Assert.Equal(1ul, Get(VirtualControl));
        _clock.Advance(1);
        Assert.True(_virtual.IsAsserted);
        Assert.False(_physical.IsAsserted);
        Assert.Equal(5ul, Get(VirtualControl)); // ISTATUS
        Set(VirtualCompare, 2000);
        Assert.False(_virtual.IsAsserted);
        _clock.Advance(16_000);
        Assert.True(_virtual.IsAsserted);
    }

    [Fact]
    public void The_timer_value_is_a_signed_difference_of_32_bits()
    {
        _clock.Advance(16_000);
        Set(PhysicalValue, 500);
        Assert.Equal(1500ul, Get(PhysicalCompare));
        Assert.Equal(500ul, Get(PhysicalValue));
        Set(PhysicalControl, 1);
        _clock.Advance(16 * 600);
        Assert.True(_physical.IsAsserted);
        Assert.Equal(unchecked((uint)-100), Get(PhysicalValue));
        Set(PhysicalValue, unchecked((uint)-1));
        Assert.Equal(1599ul, Get(PhysicalCompare));
    }

    [Fact]
    public void A_mask_holds_the_line_but_not_the_status()
    {
        Set(PhysicalCompare, 10);
        Set(PhysicalControl, 3);
        _clock.Advance(1000);
        Assert.False(_physical.IsAsserted);
        Assert.Equal(7ul, Get(PhysicalControl));
        Set(PhysicalControl, 1);
        Assert.True(_physical.IsAsserted);
        Set(PhysicalControl, 0);
        Assert.False(_physical.IsAsserted);
    }

    [Fact]
    public void A_value_that_is_never_reached_is_no_alarm()
    {
        Set(VirtualCompare, ulong.MaxValue);
        Set(VirtualControl, 1);
        _clock.Advance(1_000_000_000_000);
        Assert.False(_virtual.IsAsserted);
    }

    [Fact]
    public void Other_registers_are_not_there()
    {
        Assert.False(_timer.TryRead(Base | 2 << 3 | 3, out _));
        Assert.False(_timer.TryRead(Base | 5, out _));
        Assert.False(_timer.TryWrite(Count, 0));
    }

    private ulong Get(uint register)
    {
        Assert.True(_timer.TryRead(register, out var value));
        return value;
    }

    private void Set(uint register, ulong value) => Assert.True(_timer.TryWrite(register, value));
}
