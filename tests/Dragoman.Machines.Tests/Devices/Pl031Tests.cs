using Dragoman.Machines.Devices;
using Dragoman.Machines.Interrupts;

namespace Dragoman.Machines.Tests.Devices;

/// <summary>The PrimeCell real-time clock as DDI 0224 has it.</summary>
public sealed class Pl031Tests
{
    private const ulong Dr = 0, Mr = 4, Lr = 8, Cr = 0xC, Imsc = 0x10, Ris = 0x14, Icr = 0x1C;

    private readonly ManualClock _clock = new();
    private readonly InterruptLine _line = InterruptLine.Unconnected;
    private readonly Pl031 _rtc;

    public Pl031Tests() => _rtc = new Pl031(_clock, DateTimeOffset.FromUnixTimeSeconds(1_000_000), _line);

    [Fact]
    public void Counts_seconds()
    {
        Assert.Equal(1_000_000ul, _rtc.Read(Dr, 4));
        _clock.Advance(5_500_000_000);
        Assert.Equal(1_000_005ul, _rtc.Read(Dr, 4));
        _rtc.Write(Lr, 77, 4);
        Assert.Equal(77ul, _rtc.Read(Dr, 4));
        _clock.Advance(1_000_000_000);
        Assert.Equal(78ul, _rtc.Read(Dr, 4));
        Assert.Equal(1ul, _rtc.Read(Cr, 4));
        Assert.Equal(0x31ul, _rtc.Read(0xFE0, 4));
    }

    [Fact]
    public void Interrupts_when_it_matches()
    {
        _rtc.Write(Imsc, 1, 4);
        _rtc.Write(Mr, 1_000_003, 4);
        _clock.Advance(2_999_999_999);
        Assert.False(_line.IsAsserted);
        _clock.Advance(1);
        Assert.True(_line.IsAsserted);
        Assert.Equal(1ul, _rtc.Read(Ris, 4));
        _rtc.Write(Icr, 1, 4);
        Assert.False(_line.IsAsserted);
    }

    [Fact]
    public void A_match_is_told_of_however_late_and_once()
    {
        _rtc.Write(Mr, 1_000_003, 4);
        _clock.AdvanceAndBeLate(9_000_000_000);
        Assert.Equal(1ul, _rtc.Read(Ris, 4));
        _rtc.Write(Icr, 1, 4);
        _rtc.Write(Mr, 1_000_009, 4);
        Assert.Equal(1ul, _rtc.Read(Ris, 4));
        _rtc.Write(Icr, 1, 4);
        _clock.Advance(1);
        Assert.Equal(0ul, _rtc.Read(Ris, 4));
    }
}
