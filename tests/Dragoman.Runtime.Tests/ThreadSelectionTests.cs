using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.Tests;

/// <summary>How <c>--thread</c> is understood.</summary>
public sealed class ThreadSelectionTests
{
    [Theory]
    [InlineData(ThreadRequest.Auto, true, MemoryOrder.Weak, false, false, ThreadModel.Multi)]
    [InlineData(ThreadRequest.Auto, true, MemoryOrder.Alpha, false, false, ThreadModel.Multi)]
    [InlineData(ThreadRequest.Auto, true, MemoryOrder.Tso, true, false, ThreadModel.Multi)]
    [InlineData(ThreadRequest.Auto, true, MemoryOrder.Tso, false, false, ThreadModel.Single)]
    [InlineData(ThreadRequest.Auto, false, MemoryOrder.Weak, true, false, ThreadModel.Single)]
    [InlineData(ThreadRequest.Auto, true, MemoryOrder.Weak, true, true, ThreadModel.Single)]
    [InlineData(ThreadRequest.Single, true, MemoryOrder.Weak, true, false, ThreadModel.Single)]
    [InlineData(ThreadRequest.Single, true, MemoryOrder.Weak, true, true, ThreadModel.Single)]
    [InlineData(ThreadRequest.Multi, true, MemoryOrder.Weak, true, false, ThreadModel.Multi)]
    public void The_model_follows_from_guest_host_and_clock(
        ThreadRequest request, bool isAuditClean, MemoryOrder guest, bool isTsoHost, bool countsInstructions, ThreadModel expected) =>
        Assert.Equal(new ThreadSelection(expected, null), ThreadSelection.Choose(request, isAuditClean, guest, isTsoHost, countsInstructions));

    [Theory]
    [InlineData(false, MemoryOrder.Weak, true, "Guest not yet converted to MTTCG")]
    [InlineData(true, MemoryOrder.Tso, false, "Guest expects a stronger memory ordering")]
    public void Threads_that_were_asked_for_come_with_a_warning(bool isAuditClean, MemoryOrder guest, bool isTsoHost, string warning)
    {
        var selection = ThreadSelection.Choose(ThreadRequest.Multi, isAuditClean, guest, isTsoHost, countsInstructions: false);
        Assert.Equal(ThreadModel.Multi, selection.Model);
        Assert.StartsWith(warning, selection.Warning);
    }

    [Fact]
    public void Threads_and_counted_instructions_exclude_each_other()
    {
        var error = Assert.Throws<ArgumentException>(() => ThreadSelection.Choose(ThreadRequest.Multi, true, MemoryOrder.Weak, true, countsInstructions: true));
        Assert.Equal("No MTTCG when icount is enabled", error.Message);
    }
}
