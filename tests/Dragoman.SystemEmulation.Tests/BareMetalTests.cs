using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.SystemEmulation.Tests;

/// <summary>Programs at EL1 and EL0 give the output and status that they give under qemu-system-aarch64.</summary>
public sealed class BareMetalTests
{
    /// <summary>Programs, with what they are built with, and on how many vCPUs they run.</summary>
    public static TheoryData<string, string, int, string> Programs()
    {
        TheoryData<string, string, int, string> data = [];
        foreach (var engine in new[] { "cold", "hot", "auto" })
        {
            data.Add("exceptions", "", 1, engine);
            data.Add("mmu", "", 1, engine);
            data.Add("mmu", "LARGE", 1, engine);
            data.Add("smp", "", 2, engine);
        }

        data.Add("smp", "CPUS=4", 4, "auto");
        data.Add("compute", "CPUS=2", 2, "auto");
        data.Add("storm", "", 4, "auto");
        data.Add("storm", "", 4, "single");
        data.Add("smp", "", 2, "single");
        data.Add("tlbi", "", 4, "cold");
        data.Add("tlbi", "", 4, "auto");
        return data;
    }

    [BareMetalTheory(AsksQemu = true)]
    [MemberData(nameof(Programs))]
    public void A_program_does_what_it_does_under_qemu(string name, string defines, int cpus, string engine)
    {
        var program = BareMetal.Build(name, defines.Length == 0 ? [] : defines.Split(' '));
        var expected = BareMetal.RunQemu(program, cpus);
        var (status, output) = Run(program, cpus, engine);
        Assert.Equal(expected.Output, output);
        Assert.Equal(expected.Status, status);
    }

    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    [InlineData("single")]
    public void Interrupts_are_taken_where_they_are_not_masked_and_end_a_wait(string engine)
    {
        var (status, output) = Run(BareMetal.Build("interrupts"), 2, engine);
        Assert.Equal("taken 5\nwoken 1\nby others 1f4\nFIQ first 1\nuser 9\nuser waited 1\n", output);
        Assert.Equal(0, status);
    }

    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    [InlineData("auto")]
    public void The_last_page_of_the_address_space_is_like_any(string engine) => Assert.Equal((0, "word d65f03c0\nwhole 3ff\n"), Run(BareMetal.Build("top"), 1, engine));

    /// <summary>A turn of 100 ms of each of two others for every exception would take 1,000 s; the machine is stopped after a minute.</summary>
    [BareMetalTheory]
    [InlineData("single")]
    [InlineData("auto")]
    public void An_exception_does_not_end_a_turn(string engine) => Assert.Equal((0, "calls 1388\n"), Run(BareMetal.Build("turns"), 3, engine));

    /// <summary>Arm ARM (DDI 0487) B2.12.2: a store to the reserved granule takes the reservation, whatever it writes. QEMU compares values, and stores.</summary>
    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    [InlineData("auto")]
    public void A_store_exclusive_fails_after_a_remote_a_b_a(string engine)
    {
        var (status, output) = Run(BareMetal.Build("aba"), 2, engine);
        Assert.Equal(
            "CPU_ON 0\nstores 0\nalias 0\nswp 0\ncas 0\nexclusives 0\nbytes 0\npairs 0\ndc zva 0\ndma 0\nnothing 1\nbeside 1\n", output);
        Assert.Equal(0, status);
    }

    /// <summary>ESR_EL1, D19.2.37, ISS of class 0x18: op2 19:17, op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1. QEMU swaps the first two.</summary>
    [BareMetalTheory]
    [InlineData("cold")]
    public void A_trapped_write_of_interrupt_masks_says_which(string engine) =>
        Assert.Contains("esr 620cd3e4\n", Run(BareMetal.Build("exceptions", "EXACT"), 1, engine).Output, StringComparison.Ordinal);

    /// <summary>WFE at EL0 traps only where it would wait (DDI 0487, C6.2.396): here once in each of the two runs of the code at EL0. QEMU 7.2 has no such trap.</summary>
    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    public void A_wait_for_an_event_that_has_come_does_not_trap(string engine) =>
        Assert.Equal(3, Run(BareMetal.Build("exceptions", "EXACT"), 1, engine).Output.Split(" esr 7e00001\n").Length);

    /// <summary>PAR_EL1 (DDI 0487, D19.2.118): Device memory, and Normal memory that is not cacheable, are outer shareable whatever the tables say. QEMU 7.2 gives what they say.</summary>
    [BareMetalTheory]
    [InlineData("", "cold")]
    [InlineData("LARGE", "cold")]
    public void An_address_translation_says_the_memory_type(string define, string engine)
    {
        var output = Run(BareMetal.Build("mmu", [.. define.Split(' ', StringSplitOptions.RemoveEmptyEntries), "EXACT"]), 1, engine).Output;
        Assert.Contains("PAR normal ff00000000000980\nPAR non-cacheable 4400000000000900\nPAR device 900\nPAR off 900\n", output, StringComparison.Ordinal);
    }

    /// <summary>AT S1E1W finds a writable-clean page writable and leaves it clean; a store makes it dirty (D8.5.4). QEMU 7.2 has no FEAT_HAFDBS.</summary>
    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    public void Only_stores_change_the_dirty_state(string engine) =>
        Assert.Contains("PAR.F writable-clean 0\n clean 1\n written 1\n", Run(BareMetal.Build("mmu", "EXACT"), 1, engine).Output, StringComparison.Ordinal);

    /// <summary>
    /// Alignment faults by the manual (DDI 0487): of Device memory (B2.7.2), which all data is while the MMU is off (D8.2.12), and of SP (D1.3.10.2), which prefetches and arithmetic do not
    /// check; and of DC ZVA to Device memory, wherever in its block (C5.3.8). QEMU 7.2 has none of them.
    /// </summary>
    [BareMetalTheory]
    [InlineData("cold")]
    [InlineData("hot")]
    public void Device_memory_and_sp_are_aligned(string engine)
    {
        var (status, output) = Run(BareMetal.Build("alignment"), 1, engine);
        const string Load = " esr 96000021\n", Store = " esr 96000061\n", Sp = " esr 9a000000\n";
        Assert.Equal(
            "normal 0\n"
            + $"device\n{Load} far 1001\n{Store} far 1004\naligned 88\n{Load} far 100c\n{Load} far 1003\natomic 89\n"
            + $"zeroing\n{Store} far 1040\n{Store} far 1048\nnormal 0\n"
            + $"across\n{Load} far ffc\n{Store} far ffc\nnormal again 89000000\n"
            + $"SP\n{Sp}{Sp}{Sp}{Sp}{Sp} esr 9200000f\n far 808\nSP at EL0\n{Sp}"
            + $"mmu off\n{Load} far 1\n{Store} far 4\n{Store} far 40\naligned 89\n",
            output);
        Assert.Equal(0, status);
    }

    private static (int Status, string Output) Run(string program, int cpus, string engine)
    {
        var options = new RuntimeOptions { Threads = engine == "single" ? ThreadModel.Single : ThreadModel.Multi, HotThreshold = engine == "auto" ? 16 : 64 };
        ITcgBackend cold = engine == "hot" ? new IlBackend() : new InterpreterBackend();
        using var system = new SystemEngine(AArch64System.Create(), options, cold, engine is "auto" or "single" ? new IlBackend() : null);
        var board = new TestBoard(system, cpus);
        var status = board.Run(program);
        return (status, board.Output);
    }
}
