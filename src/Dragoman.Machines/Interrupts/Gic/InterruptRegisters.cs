using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>
/// The registers that show banks of interrupts, which a distributor and a redistributor have at the same offsets. What lies in no bank reads as zero and drops writes.
/// </summary>
/// <param name="first">The bank of interrupts 0 to 31, or null.</param>
/// <param name="rest">The bank of interrupts from 32, or null.</param>
/// <param name="readOnlySgis">Whether SGIs are always enabled, and pending only by their own registers (GICv2).</param>
/// <remarks>IHI 0048B table 4-1, IHI 0069 tables 12-25 and 12-29.</remarks>
[UnderBigLock]
internal readonly struct InterruptRegisters(InterruptBank? first, InterruptBank? rest, bool readOnlySgis)
{
    private const uint Sgis = 0xFFFF;

    private const uint
        Groups = 0x080, SetEnable = 0x100, ClearEnable = 0x180, SetPending = 0x200, ClearPending = 0x280,
        SetActive = 0x300, ClearActive = 0x380, Priorities = 0x400, Targets = 0x800, Configurations = 0xC00, End = 0xD00;

    /// <summary>Reads the register at an offset.</summary>
    public uint Read(uint offset)
    {
        if (Find(offset, out var word) is not { } bank)
        {
            return 0;
        }

        return (offset & ~0x7Fu) switch
        {
            Groups => bank.Group1[word],
            SetEnable or ClearEnable => bank.Enabled[word],
            SetPending or ClearPending => bank.Pending(word),
            SetActive or ClearActive => bank.Active[word],
            >= Configurations => Configuration(bank, word, (int)(offset >> 2 & 1)),
            _ => BitConverter.ToUInt32(bank.Priority, (word * 32) + (int)(offset & 0x1C)),
        };
    }

    /// <summary>Writes the bits of a register that <paramref name="mask"/> has.</summary>
    public void Write(uint offset, uint value, uint mask)
    {
        if (Find(offset, out var word) is not { } bank)
        {
            return;
        }

        switch (offset & ~0x7Fu)
        {
            case Groups:
                bank.Group1[word] = (bank.Group1[word] & ~mask) | value;
                break;
            case SetEnable:
                bank.Enabled[word] |= value;
                break;
            case ClearEnable:
                bank.Enabled[word] &= ~value | Fixed(bank);
                break;
            case SetPending:
                bank.Latched[word] |= value & ~Fixed(bank);
                break;
            case ClearPending:
                bank.Latched[word] &= ~value | Fixed(bank);
                break;
            case SetActive:
                bank.Active[word] |= value;
                break;
            case ClearActive:
                bank.Active[word] &= ~value;
                break;
            case >= Configurations:
                Configure(bank, word, (int)(offset >> 2 & 1), value, mask);
                break;
            default:
                for (var i = 0; i < 4; i++)
                {
                    if ((mask >> i * 8 & 0xFF) != 0)
                    {
                        bank.Priority[(word * 32) + (int)(offset & 0x1C) + i] = (byte)(value >> i * 8 & bank.PriorityMask);
                    }
                }

                break;
        }
    }

    // Two bits an interrupt, of which the upper says that it is edge-triggered.
    private static uint Configuration(InterruptBank bank, int word, int half)
    {
        uint value = 0;
        for (var i = 0; i < 16; i++)
        {
            value |= (bank.Edge[word] >> (half * 16) + i & 1) << (i * 2) + 1;
        }

        return value;
    }

    private void Configure(InterruptBank bank, int word, int half, uint value, uint mask)
    {
        if (bank == first && half == 0)
        {
            return;
        }

        for (var i = 0; i < 16; i++)
        {
            if ((mask >> (i * 2) + 1 & 1) != 0)
            {
                var bit = 1u << (half * 16) + i;
                bank.Edge[word] = (value >> (i * 2) + 1 & 1) != 0 ? bank.Edge[word] | bit : bank.Edge[word] & ~bit;
            }
        }
    }

    private uint Fixed(InterruptBank bank) => readOnlySgis && bank == first ? Sgis : 0;

    /// <summary>The bank that a register shows, and the word in it.</summary>
    private InterruptBank? Find(uint offset, out int word)
    {
        word = offset switch
        {
            < Groups or >= End or (>= Targets and < Configurations) => -1,
            >= Configurations => (int)(offset - Configurations) / 8,
            >= Priorities => (int)(offset - Priorities) / 32,
            _ => (int)(offset & 0x7F) / 4,
        };
        if (word <= 0)
        {
            return word < 0 ? null : first;
        }

        word--;
        return rest is not null && word < rest.Words ? rest : null;
    }
}
