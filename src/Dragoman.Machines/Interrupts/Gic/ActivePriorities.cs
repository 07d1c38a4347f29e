using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>The active priorities registers of a CPU interface: for each group, a bit for each preemption level that runs. Guarded by the big lock.</summary>
/// <param name="bits">Bits of a priority that can preempt: 1 to 7.</param>
/// <remarks>IHI 0048B section 4.4.17 (GICC_APRn), IHI 0069 section 12.2 (ICC_APnRm_EL1).</remarks>
[UnderBigLock]
internal sealed class ActivePriorities(int bits)
{
    private readonly UInt128[] _levels = new UInt128[2];

    /// <summary>The running priority's group priority; 0xFF when idle.</summary>
    public int Running
    {
        get
        {
            var levels = _levels[0] | _levels[1];
            return levels == 0 ? 0xFF : (int)UInt128.TrailingZeroCount(levels) << (8 - bits);
        }
    }

    /// <summary>A group priority begins to run.</summary>
    public void Raise(int group, int priority) => _levels[group] |= UInt128.One << (priority >> (8 - bits));

    /// <summary>The highest running priority of a group ends.</summary>
    public void Drop(int group) => _levels[group] &= _levels[group] - 1;

    /// <summary>A register of 32 levels.</summary>
    public uint Read(int group, int word) => (uint)(_levels[group] >> (word * 32));

    /// <summary>Writes a register of 32 levels; levels that do not exist are dropped.</summary>
    public void Write(int group, int word, uint value)
    {
        var all = UInt128.MaxValue >> (128 - (1 << bits));
        _levels[group] = ((_levels[group] & ~((UInt128)uint.MaxValue << (word * 32))) | ((UInt128)value << (word * 32))) & all;
    }
}
