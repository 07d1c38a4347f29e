using Dragoman.Machines.Virt;

namespace Dragoman.SystemEmulation.Tests.Virt;

/// <summary>WFE waits for events and for nothing else (Arm ARM, DDI 0487, D1.6.1). QEMU's WFE does nothing.</summary>
public sealed class EventTests
{
    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("auto")]
    [InlineData("single")]
    public void A_wait_ends_by_an_event(string engine)
    {
        var (status, output) = VirtRun.Run(BareMetal.Build("events"), new VirtOptions { Cpus = 3, Memory = 256 << 20 }, engine);
        Assert.Equal(
            "by SEV 1\nby the monitor 1\nlocked 384\nreturns 14\nan exception return ends it 1\nnothing ends it 1\nby the timer 1\n", output);
        Assert.Equal(0, status);
    }
}
