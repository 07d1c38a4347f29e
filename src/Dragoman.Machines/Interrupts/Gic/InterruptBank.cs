using Dragoman.Runtime.Scheduling;
using System.Numerics;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>
/// The state of some interrupts, 32 a word, as the bit maps that registers show: a CPU's private ones (SGIs and PPIs), or the shared ones. Guarded by the big lock.
/// </summary>
/// <remarks>GIC architecture, IHI 0048B section 3.2.4 and IHI 0069 section 4.1: inactive, pending, active, active and pending.</remarks>
[UnderBigLock]
internal sealed class InterruptBank
{
    /// <summary>Creates a bank of interrupts, all of them inactive, disabled, level-sensitive, in group 0 and of the highest priority.</summary>
    /// <param name="words">Interrupts / 32.</param>
    /// <param name="priorityMask">Implemented bits of a priority.</param>
    public InterruptBank(int words, byte priorityMask)
    {
        PriorityMask = priorityMask;
        Enabled = new uint[words];
        Latched = new uint[words];
        Level = new uint[words];
        Edge = new uint[words];
        Active = new uint[words];
        Group1 = new uint[words];
        Priority = new byte[words * 32];
    }

    /// <summary>Implemented bits of a priority; the others read as zero.</summary>
    public byte PriorityMask { get; }

    /// <summary>Words of 32 interrupts.</summary>
    public int Words => Enabled.Length;

    /// <summary>Forwarded to CPU interfaces.</summary>
    public uint[] Enabled { get; }

    /// <summary>Pending by an edge, by software, or (SGIs) by another CPU, until acknowledged.</summary>
    public uint[] Latched { get; }

    /// <summary>The wires.</summary>
    public uint[] Level { get; }

    /// <summary>Edge-triggered, not level-sensitive.</summary>
    public uint[] Edge { get; }

    /// <summary>Acknowledged and not yet deactivated.</summary>
    public uint[] Active { get; }

    /// <summary>In group 1, not 0.</summary>
    public uint[] Group1 { get; }

    /// <summary>By interrupt: 0 is the highest.</summary>
    public byte[] Priority { get; }

    /// <summary>A level-sensitive interrupt is pending while its wire is asserted, and when software made it so.</summary>
    public uint Pending(int word) => Latched[word] | (Level[word] & ~Edge[word]);

    /// <summary>Whether an interrupt is active.</summary>
    public bool IsActive(int interrupt) => (Active[interrupt / 32] >> interrupt % 32 & 1) != 0;

    /// <summary>0 or 1.</summary>
    public int GroupOf(int interrupt) => (int)(Group1[interrupt / 32] >> interrupt % 32 & 1);

    /// <summary>The wire of an interrupt has changed.</summary>
    public void SetLevel(int interrupt, bool asserted)
    {
        var (word, bit) = (interrupt / 32, 1u << interrupt % 32);
        if (!asserted)
        {
            Level[word] &= ~bit;
            return;
        }

        Latched[word] |= Edge[word] & bit & ~Level[word];
        Level[word] |= bit;
    }

    /// <summary>Pending becomes active, or active and pending while a wire stays asserted.</summary>
    public void Acknowledge(int interrupt)
    {
        var (word, bit) = (interrupt / 32, 1u << interrupt % 32);
        Latched[word] &= ~bit;
        Active[word] |= bit;
    }

    /// <summary>The interrupt is active no longer.</summary>
    public void Deactivate(int interrupt) => Active[interrupt / 32] &= ~(1u << interrupt % 32);

    /// <summary>The pending, enabled, inactive interrupt of the highest priority (the lowest number among equals) that is better than <paramref name="best"/>.</summary>
    /// <param name="first">Number of the bank's first interrupt.</param>
    /// <param name="groups">Groups that count: bit n for group n.</param>
    /// <param name="isTarget">Whether an interrupt goes to the CPU in question; null: all do.</param>
    /// <param name="best">The best so far.</param>
    public PendingInterrupt Best(int first, int groups, Func<int, bool>? isTarget, PendingInterrupt best)
    {
        for (var word = 0; word < Words; word++)
        {
            var candidates = Pending(word) & Enabled[word] & ~Active[word];
            candidates &= ((groups & 1) != 0 ? ~Group1[word] : 0) | ((groups & 2) != 0 ? Group1[word] : 0);
            for (; candidates != 0; candidates &= candidates - 1)
            {
                var interrupt = (word * 32) + BitOperations.TrailingZeroCount(candidates);
                if (Priority[interrupt] < best.Priority && (isTarget is null || isTarget(interrupt)))
                {
                    best = new PendingInterrupt(first + interrupt, Priority[interrupt], GroupOf(interrupt));
                }
            }
        }

        return best;
    }
}
