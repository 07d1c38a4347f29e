using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.Tests;

/// <summary>The lock order as debug builds check it.</summary>
public sealed class LockOrderTests
{
    [Fact]
    public void Locks_are_taken_downward()
    {
        var held = default(HeldLocks);
        held.Take(LockRank.Big);
        held.Take(LockRank.Work);
        held.Take(LockRank.Tlb);
        Assert.True(held.Any);
        held.Release(LockRank.Tlb);
        held.Release(LockRank.Work);
        held.Take(LockRank.Exclusive);
        held.Release(LockRank.Exclusive);
        held.Release(LockRank.Big);
        Assert.False(held.Any);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 0, true)]
    [InlineData(3, 0, true)]
    [InlineData(3, 2, true)]
    [InlineData(3, 3, true)]
    public void Only_the_big_lock_nests(int first, int second, bool refused)
    {
        var error = Record.Exception(() =>
        {
            var held = default(HeldLocks);
            held.Take((LockRank)first);
            held.Take((LockRank)second);
            held.Release((LockRank)second);
            Assert.True(held.Any);
            held.Release((LockRank)first);
            Assert.False(held.Any);
        });
        Assert.Equal(refused, error is InvalidOperationException);
        Assert.Equal(refused, error is not null);
    }

    [Fact]
    public void The_big_lock_is_not_taken_again_below_others()
    {
        var held = default(HeldLocks);
        held.Take(LockRank.Big);
        held.Take(LockRank.Tlb);
        var error = Assert.Throws<InvalidOperationException>(() => held.Take(LockRank.Big));
        Assert.Contains("Big and Tlb", error.Message);
    }
}
