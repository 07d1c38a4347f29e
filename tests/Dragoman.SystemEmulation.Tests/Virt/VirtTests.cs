using Dragoman.Machines.Virt;

namespace Dragoman.SystemEmulation.Tests.Virt;

/// <summary>Bare-metal programs give on our virt machine the output and exit status that they give on QEMU's.</summary>
public sealed class VirtTests
{
    public static TheoryData<string, int, int, string> Programs()
    {
        TheoryData<string, int, int, string> data = [];
        foreach (var gic in (int[])[2, 3])
        {
            data.Add("board", gic, 2, "auto");
            data.Add("timer", gic, 1, "auto");
            data.Add("ring", gic, 4, "auto");
            data.Add("entropy", gic, 1, "cold");
            data.Add("reset", gic, 2, "auto");
        }

        data.Add("storm", 3, 4, "auto");
        data.Add("timer", 3, 1, "hot");
        data.Add("ring", 3, 4, "single");
        data.Add("ring", 2, 4, "cold");
        data.Add("reset", 3, 2, "single");
        return data;
    }

    [BareMetalTheory(AsksQemu = true)]
    [MemberData(nameof(Programs))]
    public void A_program_does_what_it_does_on_qemus_virt(string name, int gic, int cpus, string engine)
    {
        var program = BareMetal.Build(name, $"GIC={gic}");
        var expected = BareMetal.RunQemu(
            program, cpus, $"virt,gic-version={gic}", "-global", "virtio-mmio.force-legacy=false", "-device", "virtio-rng-device");
        var actual = VirtRun.Run(program, new VirtOptions { Cpus = cpus, GicVersion = gic, Memory = 256 << 20 }, engine);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Status, actual.Status);
    }
}
