using System.Diagnostics;
using Dragoman.Machines.DeviceTree;
using Dragoman.Machines.Virt;

namespace Dragoman.Machines.Tests.DeviceTree;

/// <summary>Trees as dtc, the reference compiler, reads them.</summary>
public sealed class FlattenedTreeTests
{
    private const string Dtc = "/usr/bin/dtc";

    [Fact]
    public void A_node_that_has_not_ended_is_refused()
    {
        FlattenedTree tree = new();
        _ = tree.Begin("");
        Assert.Throws<InvalidOperationException>(() => tree.ToArray());
    }

    [DtcFact]
    public void Properties_of_each_kind_are_read_back()
    {
        FlattenedTree tree = new();
        using (tree.Begin(""))
        {
            tree.Add("empty");
            tree.Add("cells", 1u, 0xDEAD_BEEF);
            tree.AddWide("wide", 0x1_0000_0002);
            tree.AddText("texts", "one", "three");
            tree.Add("bytes", new byte[] { 1, 2, 3 });
            using (tree.Begin("child@10"))
            {
                tree.Add("cells", 7u);
            }
        }

        var source = Decompile(tree.ToArray(), out _);
        Assert.Contains("empty;", source);
        Assert.Contains("cells = <0x01 0xdeadbeef>;", source);
        Assert.Contains("wide = <0x01 0x02>;", source);
        Assert.Contains("texts = \"one\\0three\";", source);
        Assert.Contains("bytes = [01 02 03];", source);
        Assert.Contains("child@10 {", source);
    }

    [DtcTheory]
    [InlineData(2, 4)]
    [InlineData(3, 20)]
    public void The_tree_of_virt_is_right_in_the_eyes_of_dtc(int gic, int cpus)
    {
        VirtOptions options = new() { Cpus = cpus, GicVersion = gic, CommandLine = "console=ttyAMA0" };
        var source = Decompile(VirtTree.Write(options, (0x4800_0000, 0x4810_0000)), out var warnings);
        Assert.Equal("", warnings);
        Assert.Contains("bootargs = \"console=ttyAMA0\";", source);
        Assert.Contains("linux,initrd-end = <0x00 0x48100000>;", source);
        Assert.Contains(gic == 2 ? "arm,cortex-a15-gic" : "arm,gic-v3", source);
        Assert.Contains(gic == 2 ? "cpu@3 {" : "cpu@103 {", source);
        Assert.Contains("virtio_mmio@a003e00", source);
    }

    private static string Decompile(byte[] tree, out string warnings)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, tree);
            using var dtc = Process.Start(new ProcessStartInfo(Dtc, ["-I", "dtb", "-O", "dts", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var reading = dtc.StandardError.ReadToEndAsync();
            var source = dtc.StandardOutput.ReadToEnd();
            dtc.WaitForExit();
            warnings = reading.Result;
            Assert.True(dtc.ExitCode == 0, warnings);
            return source;
        }
        finally
        {
            File.Delete(file);
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class DtcFactAttribute : FactAttribute
    {
        public DtcFactAttribute() => Skip = File.Exists(Dtc) ? null : "dtc is not installed (package device-tree-compiler)";
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class DtcTheoryAttribute : TheoryAttribute
    {
        public DtcTheoryAttribute() => Skip = File.Exists(Dtc) ? null : "dtc is not installed (package device-tree-compiler)";
    }
}
