using System.Security.Cryptography;
using Dragoman.Machines.DeviceTree;
using Dragoman.Machines.Firmware;
using Dragoman.Machines.Interrupts.Gic;
using Dragoman.Machines.Virtio;

namespace Dragoman.Machines.Virt;

/// <summary>Describes a virt machine to its guest.</summary>
/// <remarks>Devicetree Specification 0.4, and Linux's bindings of each device. Nodes have the names that QEMU's tree has.</remarks>
internal static class VirtTree
{
    private const uint Spi = 0, Ppi = 1, Edge = 1, High = 4;

    private const int FirstPpi = GicController.FirstPpi;

    /// <summary>The tree of a machine.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="initrd">Where the initial RAM disk is, and its end; or null.</param>
    public static byte[] Write(VirtOptions options, (ulong Start, ulong End)? initrd)
    {
        FlattenedTree tree = new();
        var (gic, clock) = (tree.NextHandle(), tree.NextHandle());
        using (tree.Begin(""))
        {
            tree.Add("interrupt-parent", gic);
            tree.AddText("model", "linux,dummy-virt");
            tree.Add("#size-cells", 2u);
            tree.Add("#address-cells", 2u);
            tree.AddText("compatible", "linux,dummy-virt");
            WriteChosen(tree, options, initrd);
            WriteMemory(tree, options);
            WriteProcessors(tree, options);
            WriteFirmware(tree);
            WriteGic(tree, options, gic);
            WriteTimer(tree, options);
            WriteDevices(tree, clock);
        }

        return tree.ToArray();
    }

    private static string At(string name, ulong address) => $"{name}@{address:x}";

    private static void WriteChosen(FlattenedTree tree, VirtOptions options, (ulong Start, ulong End)? initrd)
    {
        using (tree.Begin("chosen"))
        {
            tree.AddText("stdout-path", "/" + At("pl011", VirtMap.Uart));
            tree.Add("rng-seed", RandomNumberGenerator.GetBytes(32));
            tree.Add("kaslr-seed", RandomNumberGenerator.GetBytes(8));
            if (options.CommandLine.Length > 0)
            {
                tree.AddText("bootargs", options.CommandLine);
            }

            if (initrd is var (start, end))
            {
                tree.AddWide("linux,initrd-start", start);
                tree.AddWide("linux,initrd-end", end);
            }
        }
    }

    private static void WriteMemory(FlattenedTree tree, VirtOptions options)
    {
        using (tree.Begin(At("memory", VirtMap.Ram)))
        {
            tree.AddText("device_type", "memory");
            tree.AddWide("reg", VirtMap.Ram, options.Memory);
        }
    }

    private static void WriteProcessors(FlattenedTree tree, VirtOptions options)
    {
        using (tree.Begin("cpus"))
        {
            tree.Add("#address-cells", 1u);
            tree.Add("#size-cells", 0u);
            for (var cpu = 0; cpu < options.Cpus; cpu++)
            {
                var affinity = VirtMap.AffinityOf(cpu, options.GicVersion);
                using (tree.Begin(At("cpu", affinity)))
                {
                    tree.AddText("device_type", "cpu");
                    tree.AddText("compatible", "arm,armv8");
                    tree.Add("reg", (uint)affinity);
                    tree.AddText("enable-method", "psci");
                }
            }
        }
    }

    private static void WriteFirmware(FlattenedTree tree)
    {
        using (tree.Begin("psci"))
        {
            tree.AddText("compatible", "arm,psci-1.0", "arm,psci-0.2", "arm,psci");
            tree.AddText("method", "hvc");
            tree.Add("cpu_suspend", Psci.CpuSuspend | Psci.Wide);
            tree.Add("cpu_off", Psci.CpuOff);
            tree.Add("cpu_on", Psci.CpuOn | Psci.Wide);
        }
    }

    private static void WriteGic(FlattenedTree tree, VirtOptions options, uint handle)
    {
        using (tree.Begin(At("intc", VirtMap.GicDistributor)))
        {
            tree.Add("phandle", handle);
            tree.Add("interrupt-controller");
            tree.Add("#interrupt-cells", 3u);
            tree.Add("#address-cells", 2u);
            tree.Add("#size-cells", 2u);
            tree.Add("ranges");
            if (options.GicVersion == 2)
            {
                tree.AddText("compatible", "arm,cortex-a15-gic");
                tree.AddWide("reg", VirtMap.GicDistributor, VirtMap.GicFrameSize, VirtMap.GicCpuInterface, VirtMap.GicFrameSize);
                return;
            }

            tree.AddText("compatible", "arm,gic-v3");
            tree.Add("#redistributor-regions", 1u);
            tree.AddWide("reg", VirtMap.GicDistributor, VirtMap.GicFrameSize, VirtMap.GicRedistributors, VirtMap.GicRedistributorsSize);
        }
    }

    // Secure physical, physical, virtual, hypervisor. GICv2's binding has a bit for each CPU in the flags.
    private static void WriteTimer(FlattenedTree tree, VirtOptions options)
    {
        var flags = High | (options.GicVersion == 2 ? (1u << options.Cpus) - 1 << 8 : 0);
        using (tree.Begin("timer"))
        {
            tree.AddText("compatible", "arm,armv8-timer", "arm,armv7-timer");
            tree.Add(
                "interrupts", Ppi, 29 - FirstPpi, flags, Ppi, VirtMap.PhysicalTimerInterrupt - FirstPpi, flags, Ppi, VirtMap.VirtualTimerInterrupt - FirstPpi, flags,
                Ppi, 26 - FirstPpi, flags);
            tree.Add("always-on");
        }
    }

    private static void WriteDevices(FlattenedTree tree, uint clock)
    {
        using (tree.Begin("apb-pclk"))
        {
            tree.Add("phandle", clock);
            tree.AddText("compatible", "fixed-clock");
            tree.AddText("clock-output-names", "clk24mhz");
            tree.Add("clock-frequency", 24_000_000u);
            tree.Add("#clock-cells", 0u);
        }

        using (tree.Begin(At("pl011", VirtMap.Uart)))
        {
            tree.AddText("compatible", "arm,pl011", "arm,primecell");
            tree.AddWide("reg", VirtMap.Uart, VirtMap.DeviceSize);
            tree.Add("interrupts", Spi, VirtMap.UartInterrupt, High);
            tree.AddText("clock-names", "uartclk", "apb_pclk");
            tree.Add("clocks", clock, clock);
        }

        using (tree.Begin(At("pl031", VirtMap.Rtc)))
        {
            tree.AddText("compatible", "arm,pl031", "arm,primecell");
            tree.AddWide("reg", VirtMap.Rtc, VirtMap.DeviceSize);
            tree.Add("interrupts", Spi, VirtMap.RtcInterrupt, High);
            tree.AddText("clock-names", "apb_pclk");
            tree.Add("clocks", clock);
        }

        using (tree.Begin(At("fw-cfg", VirtMap.FirmwareConfiguration)))
        {
            tree.AddText("compatible", "qemu,fw-cfg-mmio");
            tree.AddWide("reg", VirtMap.FirmwareConfiguration, VirtMap.FirmwareConfigurationSize);
            tree.Add("dma-coherent");
        }

        for (var place = 0; place < VirtMap.VirtioPlaces; place++)
        {
            var address = VirtMap.Virtio + ((ulong)place * VirtioMmio.Size);
            using (tree.Begin(At("virtio_mmio", address)))
            {
                tree.AddText("compatible", "virtio,mmio");
                tree.AddWide("reg", address, VirtioMmio.Size);
                tree.Add("interrupts", Spi, (uint)(VirtMap.VirtioInterrupt + place), Edge);
                tree.Add("dma-coherent");
            }
        }
    }
}
