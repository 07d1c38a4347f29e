using Dragoman.Guests.AArch64;
using Dragoman.Litmus.Checking;
using Dragoman.Litmus.Executions;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Tests;

/// <summary>Every pair of access forms of every guest that is modelled, in every classic shape, on every host.</summary>
public sealed class LoweringTests
{
    public static TheoryData<string, string> GuestsAndHosts()
    {
        TheoryData<string, string> data = [];
        foreach (IGuest guest in Described.All)
        {
            foreach (IHostLowering host in StatedLowering.All)
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
        LoweringChecker checker = new(guest, StatedLowering.All.First(h => h.Host == hostName));
        IReadOnlyList<Violation> violations = checker.Check(thorough: Described.IsLong);
        Assert.Empty(violations);

        // Each host lets stores pass: a checker that allowed nothing would find nothing.
        Assert.True(checker.AllowedOnHost > 0 && checker.Tests > 20 * checker.Forms.Count, $"{checker.Tests} tests, {checker.AllowedOnHost} allowed");
    }

    /// <summary>QEMU's hole: STLR without a fence behind it on x64, so that a later LDAR passes it.</summary>
    [Fact]
    public void A_release_store_without_a_fence_on_x64_is_found()
    {
        IReadOnlyList<Violation> violations = Check("SB", StatedLowering.X64, AccessKind.Store, MemOp.Release, HostStep.Store);
        Assert.Contains(violations, v => v.Shape == "SB" && v.Threads == "store release; po; load acquire | store release; po; load acquire");
        Assert.All(violations, v => Assert.Contains("release", v.Threads, StringComparison.Ordinal));
    }

    [Fact]
    public void A_plain_load_for_an_acquire_on_Arm64_is_found() =>
        Assert.NotEmpty(Check("MP", StatedLowering.Arm64, AccessKind.Load, MemOp.Acquire, HostStep.Load));

    [Fact]
    public void A_barrier_that_orders_too_little_on_Arm64_is_found() =>
        Assert.NotEmpty(Check("SB", StatedLowering.Arm64, AccessKind.Fence, default, HostStep.LoadFence));

    [Fact]
    public void An_atomic_that_is_two_accesses_is_found() =>
        Assert.NotEmpty(Check("2W", StatedLowering.X64, AccessKind.Atomic, default, HostStep.Load, HostStep.Store));

    // The stated lowering with one kind of access, as far as it has the order, carried out otherwise.
    private static IReadOnlyList<Violation> Check(string shape, IHostLowering stated, AccessKind kind, MemOp order, params HostStep[] steps) =>
        new LoweringChecker(AArch64Guest.Instance, new Broken(stated, kind, order, steps)).Check(only: shape);

    private sealed class Broken(IHostLowering stated, AccessKind brokenKind, MemOp brokenOrder, HostStep[] steps) : IHostLowering
    {
        public string Host => stated.Host;

        public string Model => stated.Model;

        public IReadOnlyList<HostStep> Steps(AccessKind kind, MemOp op, MemBarrier barrier) =>
            kind == brokenKind && (op & brokenOrder) == brokenOrder ? steps : stated.Steps(kind, op, barrier);
    }
}
