using Dragoman.Guests.AArch64;
using Dragoman.Guests.X86;
using Dragoman.Litmus.Checking;
using Dragoman.Litmus.Executions;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Tests;

/// <summary>Every pair of access forms of every guest that is modelled, in every classic shape, on every host.</summary>
public sealed class LoweringTests
{
    // Forms that no guest has.
    private static readonly AuditEntry[] s_strange =
    [
        new("ODD", "", "load", "32", "acquire, release, sc", "any", "", 1),
        new("ODD", "", "rmw add", "32", "acquire-pc", "any", "", 1),
        new("ODD", "", "store exclusive", "32", "sc", "any", "", 1),
        new("ODD", "", "fence", "", "w -> r", "", "", 1),
        new("ODD", "", "transactional load", "32", "", "any", "", 1),
    ];

    public static TheoryData<string, string> GuestsAndHosts()
    {
        TheoryData<string, string> data = [];
        foreach (IGuest guest in Described.All)
        {
            foreach (HostLowering host in HostLowering.All)
            {
                data.Add(guest.Name, host.Host);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(GuestsAndHosts))]
    public void Hosts_allow_nothing_that_the_guest_forbids(string guestName, string hostName)
    {
        IGuest guest = Described.Named(guestName);
        LoweringChecker checker = new(guest, HostLowering.All.First(h => h.Host == hostName));
        IReadOnlyList<Violation> violations = checker.Check(thorough: Described.IsLong);
        Assert.Empty(violations);

        // Every pair of what the audit table has is in a trace that was looked at; and an entry that is in none would be missed.
        Assert.Empty(checker.Pairs.Missing(guest.AuditEntries));
        Assert.All(s_strange, strange => Assert.NotEmpty(checker.Pairs.Missing([.. guest.AuditEntries, strange])));

        // Each host lets stores pass: a checker that allowed nothing would find nothing.
        Assert.True(checker.AllowedOnHost > 0 && checker.Tests > 20 * checker.Forms.Count, $"{checker.Tests} tests, {checker.AllowedOnHost} allowed");
    }

    /// <summary>QEMU's hole: STLR without a fence behind it on x64, so that a later LDAR passes it.</summary>
    [Fact]
    public void A_release_store_without_a_fence_on_x64_is_found()
    {
        IReadOnlyList<Violation> violations = Check("SB", HostLowering.X64, AccessKind.Store, MemOp.Release, HostStep.Store);
        Assert.Contains(violations, v => v.Shape == "SB" && v.Threads == "store release; po; load acquire | store release; po; load acquire");
        Assert.All(violations, v => Assert.Contains("release", v.Threads, StringComparison.Ordinal));
    }

    [Fact]
    public void A_plain_load_for_an_acquire_on_Arm64_is_found() =>
        Assert.NotEmpty(Check("MP", HostLowering.Arm64, AccessKind.Load, MemOp.Acquire, HostStep.Load));

    [Fact]
    public void A_barrier_that_orders_too_little_on_Arm64_is_found() =>
        Assert.NotEmpty(Check("SB", HostLowering.Arm64, AccessKind.Fence, default, HostStep.LoadFence));

    [Fact]
    public void An_atomic_that_is_two_accesses_is_found() =>
        Assert.NotEmpty(Check("2W", HostLowering.X64, AccessKind.Atomic, default, HostStep.Load, HostStep.Store));

    /// <summary>x86's plain stores are ordered (TSO): on a weak host a plain store for one loses message passing.</summary>
    [Fact]
    public void A_weak_store_for_one_of_TSO_on_Arm64_is_found() =>
        Assert.NotEmpty(new LoweringChecker(X86Guest.Intel64, Changed(HostLowering.Arm64, AccessKind.Store, default, HostStep.Store)).Check(only: "MP"));

    /// <summary>The audit's columns are the table's.</summary>
    [Fact]
    public void The_audit_says_what_the_table_says()
    {
        AuditEntry release = AArch64Guest.Instance.AuditEntries.First(e => e is { Verb: "store", Order: "release" });
        Assert.Equal("mov, full fence", On(HostLowering.X64));
        Assert.Equal("mov", On(Changed(HostLowering.X64, AccessKind.Store, MemOp.Release, HostStep.Store)));
        Assert.Equal("dmb ish, dmb ish, str, dmb ish (stronger)", On(HostLowering.Arm64));

        string On(HostLowering host) => release.On(host, AArch64Guest.Instance.MemoryOrder);
    }

    /// <summary>A host's access is stronger than the guest asks, or just what it asks, by the guest's own order: TSO asks more of plain accesses than Arm and Alpha do.</summary>
    [Theory]
    [InlineData("x86_64", "load", "ldr, dmb ishld")]
    [InlineData("x86_64", "store", "dmb ish, str")]
    [InlineData("x86_64", "rmw", "Interlocked")]
    [InlineData("x86_64", "compare and swap", "Interlocked")]
    [InlineData("x86_64", "fence", "dmb ish (stronger)", "r -> rw")]
    [InlineData("x86_64", "fence", "dmb ish", "rw -> rw")]
    [InlineData("alpha", "load", "ldr, dmb ishld (stronger)")]
    [InlineData("alpha", "store", "dmb ish, str (stronger)")]
    [InlineData("aarch64", "load", "ldr, dmb ishld (stronger)", "plain")]
    [InlineData("aarch64", "load", "ldr, dmb ishld", "acquire")]
    public void Stronger_is_said_by_the_guests_own_order(string guestName, string verb, string expected, string? order = null)
    {
        IGuest guest = Described.Named(guestName);
        AuditEntry[] entries = [.. guest.AuditEntries.Where(e => e.Verb.StartsWith(verb, StringComparison.Ordinal) && !e.Verb.Contains("exclusive", StringComparison.Ordinal) && (order is null || e.Order == order))];
        Assert.NotEmpty(entries);
        Assert.All(entries, e => Assert.Equal(expected, e.On(HostLowering.Arm64, guest.MemoryOrder)));
        Assert.All(entries, e => Assert.DoesNotContain("stronger", e.On(HostLowering.X64, guest.MemoryOrder), StringComparison.Ordinal));
    }

    // The table with one kind of access, as far as it has the order, carried out otherwise.
    private static IReadOnlyList<Violation> Check(string shape, HostLowering table, AccessKind kind, MemOp order, params HostStep[] steps) =>
        new LoweringChecker(AArch64Guest.Instance, Changed(table, kind, order, steps)).Check(only: shape);

    private static HostLowering Changed(HostLowering table, AccessKind kind, MemOp order, params HostStep[] steps) =>
        table with { Rules = [new LoweringRule(kind, order, default, IsStronger: false, steps), .. table.Rules] };
}
