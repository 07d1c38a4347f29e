using System.Text.Json;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary><c>dragoman audit</c>: the same rows in every format, complete, and clean for every guest in the tree.</summary>
public sealed class AuditTests
{
    private static readonly string[] s_shared = ["flush TLB", "device", "shared state", "memory", "board"];

    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    [InlineData("x86_64")]
    [InlineData("i386")]
    public void Every_guest_is_clean_in_every_format(string guest)
    {
        using JsonDocument json = JsonDocument.Parse(Audit(guest, "json"));
        Assert.True(json.RootElement.GetProperty("supportsMttcg").GetBoolean());
        JsonElement[] accesses = [.. json.RootElement.GetProperty("accesses").EnumerateArray()];
        Assert.NotEmpty(accesses);
        foreach (JsonElement access in accesses.Where(a => a.GetProperty("bits").GetString()!.Length > 0 && a.GetProperty("access").GetString() != "probe"))
        {
            foreach (string column in new[] { "order", "aligned", "x64", "Arm64", "fallback", "locks" })
            {
                Assert.False(access.GetProperty(column).GetString() is "" or "-", access.GetRawText());
            }
        }

        Assert.Equal(accesses.Length, Audit(guest, "tsv").Split('\n').Count(line => line.Length > 0) - 1);
        Assert.Equal(accesses.Length, Audit(guest, "markdown").Split('\n').Count(line => line.StartsWith('|')) - 2);
        Assert.Contains("The audit is clean", Audit(guest, "text"));
    }

    [Fact]
    public void Tests_that_cover_an_instruction_are_named()
    {
        JsonElement acquire = Rows("aarch64").First(row => Cell(row, "order") == "acquire" && Cell(row, "access") == "load");
        Assert.Contains("SB+rel-acqs", acquire.GetProperty("litmus").EnumerateArray().Select(test => test.GetString()));
    }

    /// <summary>Every row has tests: litmus tests, bare-metal programs, or random ones. What a machine's vCPUs share beside memory, programs or litmus tests must show.</summary>
    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    [InlineData("x86_64")]
    public void Every_row_is_covered(string guest)
    {
        foreach (JsonElement row in Rows(guest))
        {
            int named = row.GetProperty("litmus").GetArrayLength() + row.GetProperty("programs").GetArrayLength();
            bool isShared = s_shared.Contains(Cell(row, "access").Split(" (")[0]);
            Assert.True(isShared ? named > 0 : named > 0 || Cell(row, "samples") != "0", row.GetRawText());
        }
    }

    [Theory]
    [InlineData("TLBI", "flush TLB (tlb_invalidate)", "tlbi.c")]
    [InlineData("MRS", "device (read_device_register)", "timer.c")]
    [InlineData("ERET", "shared state (send_event)", "start.S")]
    [InlineData("YIELD", "wait (halt)", "events.c")]
    [InlineData("DC_ZVA", "memory (check_zeroing)", "alignment.c")]
    [InlineData("MSR", "flush TLB (flush_tlb)", "mmu.c")]
    public void Programs_are_named_that_spell_an_instruction_out(string instruction, string access, string program)
    {
        JsonElement found = Rows("aarch64").Single(row => Cell(row, "instruction") == instruction && Cell(row, "access") == access);
        Assert.Contains(program, found.GetProperty("programs").EnumerateArray().Select(p => p.GetString()));
    }

    [Theory]
    [InlineData("TLBI", "flush TLB (tlb_invalidate)", "the TLB's lock; work queues for the others'")]
    [InlineData("AT", "memory (address_translate)", "-")]
    [InlineData("MSR", "flush TLB (flush_tlb)", "the TLB's lock; work queues for the others'")]
    [InlineData("MSR", "device (write_device_register)", "BQL")]
    [InlineData("MSR", "shared state (take_interrupts)", "work queues where it wakes or sends")]
    [InlineData("MRS", "device (read_device_register)", "BQL")]
    [InlineData("YIELD", "shared state (send_event)", "work queues where it wakes or sends")]
    [InlineData("YIELD", "wait (yield)", "-")]
    [InlineData("YIELD", "wait (halt)", "-")]
    [InlineData("DSB", "shared state (has_incomplete_tlbi)", "work queues where it wakes or sends")]
    [InlineData("HVC", "board (firmware)", "BQL")]
    [InlineData("DC_clean", "clean data", "-")]
    public void What_touches_tlbs_and_what_vcpus_share_is_listed(string instruction, string access, string locks)
    {
        string[] row = Assert.Single(Audit("aarch64", "tsv").Split('\n').Select(line => line.Split('\t')), cells => cells[0] == instruction && cells[1] == access);
        Assert.Contains(locks, row);
    }

    private static JsonElement[] Rows(string guest)
    {
        using JsonDocument json = JsonDocument.Parse(Audit(guest, "json"));
        return [.. json.RootElement.GetProperty("accesses").EnumerateArray().Select(row => row.Clone())];
    }

    private static string Cell(JsonElement row, string column) => row.GetProperty(column).GetString()!;

    private static string Audit(string guest, string format)
    {
        ProcessResult result = DragomanCommand.Invoke(["audit", guest, "--format", format]);
        Assert.Equal(0, result.ExitCode);
        return result.OutputText;
    }
}
