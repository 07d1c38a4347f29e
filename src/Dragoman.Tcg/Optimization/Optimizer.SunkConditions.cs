using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// A condition that goes into a guest register and decides the branch behind it is known on both its ways: there the register gets a constant, and the condition is
/// computed by the branch alone. So guests compare that have no flags.
/// </summary>
/// <remarks>
/// Not for registers of 32 bits: those hold flags, which a backend may leave uncomputed. Nor where the branch goes back: there the vCPU may leave before the register has its constant.
/// </remarks>
public sealed partial class Optimizer
{
    // How far back from a branch the register's op is looked for, and from there the condition's.
    private const int SinkReach = 24;

    // Indexes of set_label by label, and how many ops lead there.
    private int[] _labelAt = new int[16];
    private int[] _labelUses = new int[16];

    // Index of an op, and the move that goes behind it. In no order.
    private readonly List<(int Index, Op Move)> _sunk = [];

    private void SinkConditions()
    {
        if (_context.LabelCount == 0)
        {
            return;
        }

        FindLabels();
        _sunk.Clear();
        for (int i = 0; i < _context.OpCount; i++)
        {
            if (_context.OpAt(i).Opcode == Opcode.Brcond)
            {
                SinkCondition(i);
            }
        }

        if (_sunk.Count == 0)
        {
            return;
        }

        Op[] ops = _context.Ops.ToArray();
        _context.Truncate(0);
        for (int i = 0; i < ops.Length; i++)
        {
            if (ops[i].Opcode != Opcode.Nop)
            {
                _context.Append(ops[i]);
            }

            foreach ((int index, Op move) in _sunk)
            {
                if (index == i)
                {
                    _context.Append(move);
                }
            }
        }
    }

    private void FindLabels()
    {
        if (_labelAt.Length < _context.LabelCount)
        {
            _labelAt = new int[_context.LabelCount * 2];
            _labelUses = new int[_context.LabelCount * 2];
        }

        Array.Clear(_labelUses, 0, _context.LabelCount);
        bool falls = true;
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref readonly Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.SetLabel)
            {
                _labelAt[op.Label.Index] = i;
                _labelUses[op.Label.Index] += falls ? 1 : 0;
            }
            else if (op.Opcode is Opcode.Br or Opcode.Brcond)
            {
                _labelUses[op.Label.Index]++;
            }

            falls = !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }
    }

    private void SinkCondition(int branch)
    {
        ref readonly Op test = ref _context.OpAt(branch);
        int setter = FindRegister(branch);
        if (_labelUses[test.Label.Index] != 1 || _labelAt[test.Label.Index] < branch || setter < 0)
        {
            return;
        }

        Temp register = _context.OpAt(setter).Out0;
        int maker = _context.OpAt(setter).Opcode == Opcode.Setcond ? setter : FindCondition(setter, test);
        if (maker < 0 || _context.OpAt(maker).In0 != test.In0 || _context.OpAt(maker).In1 != test.In1
            || (_context.OpAt(maker).Cond != test.Cond && _context.OpAt(maker).Cond != test.Cond.Invert()))
        {
            return;
        }

        bool holds = _context.OpAt(maker).Cond == test.Cond;
        _sunk.Add((branch, Constant(register, !holds)));
        _sunk.Add((_labelAt[test.Label.Index], Constant(register, holds)));
        Remove(ref _context.OpAt(maker));
        _context.OpAt(setter) = new Op { Opcode = Opcode.Discard, Type = TcgType.I64, Out0 = register };
    }

    private Op Constant(Temp register, bool value) =>
        new() { Opcode = Opcode.Mov, Type = TcgType.I64, Out0 = register, In0 = _context.Const(TcgType.I64, value ? 1UL : 0UL) };

    // The op before a branch that sets a register to a condition, when nobody looks at the register in between, and the branch's inputs stay; else -1.
    private int FindRegister(int branch)
    {
        ref readonly Op test = ref _context.OpAt(branch);
        for (int i = branch - 1; i >= 0 && i >= branch - SinkReach; i--)
        {
            ref readonly Op op = ref _context.OpAt(i);
            if (EndsSearch(op, test) || ObservesGlobals(op))
            {
                return -1;
            }

            if (op.Opcode is Opcode.Setcond or Opcode.ExtuI32I64 && op.Out0.Index < _context.Globals.Count && _context.TypeOf(op.Out0) == TcgType.I64
                && op.Out0 != test.In0 && op.Out0 != test.In1)
            {
                return IsUntouched(op.Out0, i, branch) ? i : -1;
            }
        }

        return -1;
    }

    private bool IsUntouched(Temp register, int from, int to)
    {
        for (int i = from + 1; i < to; i++)
        {
            ref readonly Op op = ref _context.OpAt(i);
            if (op.Out0 == register || Reads(op, register) || TouchesInBlock(op, OpInfo.Of(op.Opcode), register))
            {
                return false;
            }
        }

        return true;
    }

    // The condition of which an extension is the only reader.
    private int FindCondition(int extension, in Op test)
    {
        Temp narrow = _context.OpAt(extension).In0;
        if (_uses[narrow.Index] != 1)
        {
            return -1;
        }

        for (int i = extension - 1; i >= 0 && i >= extension - SinkReach; i--)
        {
            ref readonly Op op = ref _context.OpAt(i);
            if (op.Out0 == narrow)
            {
                return op.Opcode == Opcode.Setcond ? i : -1;
            }

            if (EndsSearch(op, test))
            {
                return -1;
            }
        }

        return -1;
    }

    private static bool EndsSearch(in Op op, in Op test) =>
        OpInfo.Of(op.Opcode).Has(OpFlags.Branches) || (op.Out0.IsValid && (op.Out0 == test.In0 || op.Out0 == test.In1));
}
