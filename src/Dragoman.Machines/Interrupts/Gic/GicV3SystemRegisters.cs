using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>ICC_*_EL1: the CPU interface of GICv3. Guarded by the big lock.</summary>
/// <remarks>IHI 0069 section 12.2. Non-secure EL1 is the highest Exception level, and GICD_CTLR.DS is 1.</remarks>
[UnderBigLock]
public sealed class GicV3SystemRegisters
{
    // Numbers: 3 << 14 (op0), op1 0, CRn << 7, CRm << 3, op2.
    private const uint C4 = 3 << 14 | 4 << 7, C12 = 3 << 14 | 12 << 7;

    private const uint
        Pmr = C4 | 6 << 3 | 0,
        Iar0 = C12 | 8 << 3 | 0, Eoir0 = C12 | 8 << 3 | 1, Hppir0 = C12 | 8 << 3 | 2, Bpr0 = C12 | 8 << 3 | 3, Ap0R0 = C12 | 8 << 3 | 4, Ap1R0 = C12 | 9 << 3 | 0,
        Dir = C12 | 11 << 3 | 1, Rpr = C12 | 11 << 3 | 3, Sgi1R = C12 | 11 << 3 | 5, Asgi1R = C12 | 11 << 3 | 6, Sgi0R = C12 | 11 << 3 | 7,
        Iar1 = C12 | 12 << 3 | 0, Eoir1 = C12 | 12 << 3 | 1, Hppir1 = C12 | 12 << 3 | 2, Bpr1 = C12 | 12 << 3 | 3, Ctlr = C12 | 12 << 3 | 4, Sre = C12 | 12 << 3 | 5,
        IgrpEn0 = C12 | 12 << 3 | 6, IgrpEn1 = C12 | 12 << 3 | 7;

    private const ulong Cbpr = 1 << 0, EoiMode = 1 << 1, A3V = 1 << 15, PriorityBits = (GicV3.PriorityBits - 1) << 8;

    // System registers only: SRE, and no bypass of FIQ and IRQ.
    private const ulong SreFixed = 7;

    private const ulong AllButSelf = 1UL << 40;

    private readonly GicV3 _gic;

    internal GicV3SystemRegisters(GicV3 gic) => _gic = gic;

    /// <summary>Reads a register; false if there is none of the number that can be read.</summary>
    public bool TryRead(int cpu, uint register, out ulong value)
    {
        var own = _gic.Interfaces[cpu];
        ulong? read = register switch
        {
            Pmr => (ulong)own.PriorityMask,
            Iar0 => Acknowledge(own, 0),
            Iar1 => Acknowledge(own, 1),
            Hppir0 => Answer(own.Highest, 0),
            Hppir1 => Answer(own.Highest, 1),
            Bpr0 => (ulong)own.BinaryPoint0,
            Bpr1 => (ulong)(own.HasCommonBinaryPoint ? Math.Min(own.BinaryPoint0 + 1, 7) : own.BinaryPoint1),
            Ap0R0 => own.Active.Read(0, 0),
            Ap1R0 => own.Active.Read(1, 0),
            Rpr => (ulong)own.Active.Running,
            Ctlr => A3V | PriorityBits | (own.HasCommonBinaryPoint ? Cbpr : 0) | (own.EndsInTwoSteps ? EoiMode : 0),
            Sre => SreFixed,
            IgrpEn0 => (ulong)own.EnabledGroups & 1,
            IgrpEn1 => (ulong)own.EnabledGroups >> 1,
            _ => null,
        };
        value = read ?? 0;
        return read is not null;
    }

    /// <summary>Writes a register; false if there is none of the number that can be written.</summary>
    public bool TryWrite(int cpu, uint register, ulong value)
    {
        var own = _gic.Interfaces[cpu];
        switch (register)
        {
            case Pmr:
                own.PriorityMask = (int)(value & 0xFF);
                break;
            case Eoir0:
                End(cpu, 0, value);
                break;
            case Eoir1:
                End(cpu, 1, value);
                break;
            case Dir:
                own.Deactivate((int)(value & 0xFF_FFFF));
                break;
            case Bpr0:
                own.BinaryPoint0 = (int)(value & 7);
                break;
            case Bpr1:
                own.BinaryPoint1 = own.HasCommonBinaryPoint ? own.BinaryPoint1 : (int)(value & 7);
                break;
            case Ap0R0:
                own.Active.Write(0, 0, (uint)value);
                break;
            case Ap1R0:
                own.Active.Write(1, 0, (uint)value);
                break;
            case Sgi0R:
                Send(cpu, 0, value);
                break;
            case Sgi1R:
                Send(cpu, 1, value);
                break;
            case Asgi1R or Sre:
                // The other Security state's, of which there is none; and a register of fixed bits.
                break;
            case Ctlr:
                own.HasCommonBinaryPoint = (value & Cbpr) != 0;
                own.EndsInTwoSteps = (value & EoiMode) != 0;
                break;
            case IgrpEn0:
                own.EnabledGroups = own.EnabledGroups & ~1 | (int)(value & 1);
                break;
            case IgrpEn1:
                own.EnabledGroups = own.EnabledGroups & ~2 | (int)(value & 1) << 1;
                break;
            default:
                return false;
        }

        _gic.Update();
        return true;
    }

    private static ulong Acknowledge(GicCpuInterface own, int group)
    {
        var interrupt = own.Signalled;
        var answer = Answer(interrupt, group);
        if (answer != PendingInterrupt.SpuriousId)
        {
            own.Acknowledge(interrupt);
        }

        return answer;
    }

    private static ulong Answer(PendingInterrupt interrupt, int group) => interrupt.Exists && interrupt.Group == group ? (ulong)interrupt.Id : PendingInterrupt.SpuriousId;

    private void End(int cpu, int group, ulong value)
    {
        var id = (int)(value & 0xFF_FFFF);
        if (id < _gic.Interrupts && _gic.GroupOf(cpu, id) == group)
        {
            _gic.Interfaces[cpu].End(group, id);
        }
    }

    // Aff3, Aff2 and Aff1 name a cluster, and a bit each of its first 16 CPUs (RS selects others: its 16 times n are not there).
    private void Send(int cpu, int group, ulong value)
    {
        var cluster = (value >> 16 & 0xFF) << 8 | (value >> 32 & 0xFF) << 16 | (value >> 48 & 0xFF) << 32;
        var first = (value >> 44 & 0xF) * 16;
        _gic.SendSgi((int)(value >> 24 & 0xF), group, target =>
        {
            if ((value & AllButSelf) != 0)
            {
                return target != cpu;
            }

            var affinity = _gic.AffinityOf(target);
            var inRange = (affinity & 0xFF) - first;
            return (affinity & ~0xFFUL) == cluster && inRange < 16 && (value >> (int)inRange & 1) != 0;
        });
    }
}
