using Dragoman.Machines.Loading;
using Dragoman.Machines.Virt;

namespace Dragoman.Machines.Tests.Loading;

/// <summary>Where kernel, initial RAM disk and device tree go.</summary>
public sealed class BootPlanTests
{
    private const ulong Ram = VirtMap.Ram, Megabyte = 1 << 20;

    [Fact]
    public void Linux_gets_the_tree_behind_the_initial_ram_disk_at_a_multiple_of_2_mib()
    {
        var plan = Plan(64, new KernelImage(Ram, [new KernelPiece(Ram, new byte[16], 16)], FollowsLinux: true), initrd: 1000);
        Assert.Equal((Ram, Ram + (34 * Megabyte)), (plan.Entry, plan.Context));
        Assert.Equal([Ram, Ram + (32 * Megabyte), plan.Context], plan.Pieces.Select(piece => piece.Address));
        Assert.Equal(plan.DeviceTree, plan.Pieces[2].Content.ToArray());
    }

    [Fact]
    public void A_small_machine_has_the_tree_at_the_next_page()
    {
        var plan = Plan(1, new KernelImage(Ram, [new KernelPiece(Ram, new byte[16], 16)], FollowsLinux: true), initrd: 0);
        Assert.Equal(Ram + (Megabyte / 2), plan.Context);
    }

    [Fact]
    public void Others_find_the_tree_at_the_start_of_ram_where_there_is_room()
    {
        var high = Plan(64, new KernelImage(Ram + 0x8_0000, [new KernelPiece(Ram + 0x8_0000, new byte[16], 16)], FollowsLinux: false), initrd: 0);
        Assert.Equal((Ram + 0x8_0000, 0ul), (high.Entry, high.Context));
        Assert.Equal(Ram, high.Pieces[1].Address);
        var low = Plan(64, new KernelImage(Ram + 0x100, [new KernelPiece(Ram + 0x100, new byte[16], 16)], FollowsLinux: false), initrd: 0);
        Assert.Equal(Ram + 0x100, Assert.Single(low.Pieces).Address);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        KernelImage kernel = new(Ram, [new KernelPiece(Ram, new byte[16], Megabyte)], FollowsLinux: true);
        Assert.Contains("initial RAM disk", Assert.Throws<KernelException>(() => Plan(2, kernel, 1 << 20 | 1)).Message);
        Assert.Contains("device tree", Assert.Throws<KernelException>(() => Plan(1, kernel, 0)).Message);
    }

    private static BootPlan Plan(uint megabytes, KernelImage kernel, int initrd) =>
        BootPlan.Make(new VirtOptions { Memory = megabytes * Megabyte }, kernel, new byte[initrd]);
}
