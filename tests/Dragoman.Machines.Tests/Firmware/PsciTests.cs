using Dragoman.Machines.Firmware;

namespace Dragoman.Machines.Tests.Firmware;

/// <summary>PSCI as DEN 0022 has it.</summary>
public sealed class PsciTests : IProcessors
{
    private readonly bool[] _on = [true, false, false, false];
    private readonly List<string> _calls = [];
    private readonly Psci _psci;

    public PsciTests() => _psci = new Psci(this);

    int IProcessors.Count => 4;

    [Fact]
    public void Says_what_is_there()
    {
        Assert.Equal(0x1_0001, Call(0x8400_0000));
        Assert.Equal(0, Call(0x8400_000A, 0xC400_0003));
        Assert.Equal(-1, Call(0x8400_000A, 0x8400_0012)); // SYSTEM_RESET2
        Assert.Equal(-1, Call(0x8400_0005)); // MIGRATE
        Assert.Equal(2, Call(0x8400_0006));
        Assert.Equal(-1, Call(0xC400_0002)); // CPU_OFF has no form with 64 bits
    }

    [Fact]
    public void Switches_processors_on()
    {
        Assert.Equal(0, Call(0xC400_0003, 2, 0x1_4000_0000, 77));
        Assert.Equal(["on 2 140000000 77"], _calls);
        Assert.Equal(-4, Call(0xC400_0003, 2, 0x4000_0000, 0));
        Assert.Equal(-4, Call(0xC400_0003, 0, 0x4000_0000, 0));
        Assert.Equal(-2, Call(0xC400_0003, 9, 0x4000_0000, 0));
        Assert.Equal(-9, Call(0xC400_0003, 1, 0x4000_0002, 0));
        Assert.Equal(-9, Call(0xC400_0003, 1, 0x1000, 0));
        Assert.Single(_calls);
    }

    [Fact]
    public void Suspends_to_what_a_processor_can_alone()
    {
        Assert.Equal(0, Call(0xC400_0001, 0));
        Assert.Equal(0, Call(0x8400_0001, 0x1_0000, 0x4000_0000));
        Assert.Equal(-2, Call(0xC400_0001, 0x100_0000));
        Assert.Equal(-2, Call(0xC400_0001, 0xFFFF_FFFF));
    }

    [Fact]
    public void Arguments_of_the_32_bit_form_have_32_bits()
    {
        Assert.Equal(0, Call(0x8400_0003, 0xFFFF_FFFF_0000_0001, 0x9_4000_0000, 0x5_0000_0004));
        Assert.Equal(["on 1 40000000 4"], _calls);
    }

    [Fact]
    public void Tells_who_is_on()
    {
        Assert.Equal(0, Call(0xC400_0004, 0));
        Assert.Equal(1, Call(0xC400_0004, 3));
        Assert.Equal(-2, Call(0xC400_0004, 4));
        Assert.Equal(-2, Call(0xC400_0004, 0, 1));
    }

    [Fact]
    public void Switches_off()
    {
        _ = Call(0x8400_0002);
        _ = Call(0x8400_0008);
        _ = Call(0x8400_0009);
        Assert.Equal(["off 0", "shutdown", "reset"], _calls);
    }

    ulong IProcessors.AffinityOf(int cpu) => (ulong)cpu;

    bool IProcessors.IsOn(int cpu) => _on[cpu];

    bool IProcessors.IsCode(ulong address) => address >= 0x4000_0000 && address % 4 == 0;

    bool IProcessors.TryPowerOn(int cpu, ulong entry, ulong context)
    {
        if (_on[cpu])
        {
            return false;
        }

        _calls.Add($"on {cpu} {entry:x} {context}");
        return _on[cpu] = true;
    }

    void IProcessors.PowerOff(int cpu) => _calls.Add($"off {cpu}");

    void IProcessors.Shutdown() => _calls.Add("shutdown");

    void IProcessors.Reset() => _calls.Add("reset");

    private long Call(uint function, ulong first = 0, ulong second = 0, ulong third = 0) => _psci.Call(0, function, first, second, third);
}
