using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// The backward pass. A guest register is live at exits, at ops that can fault, at calls that see the state, and at branches backward
/// (where the poll may leave); elsewhere it is live when it is read before it is written.
/// </summary>
public sealed partial class Optimizer
{
    // How far back a move looks for the op that made its source.
    private const int RetargetReach = 24;

    private bool[] _live = new bool[256];
    private readonly List<int> _tbTemps = [];

    // Ops that read a temp, removed ones not counted.
    private int[] _uses = new int[256];

    // By label, when it has been passed (that is, lies ahead): the liveness of globals there.
    private bool[][] _liveAtLabel = [];
    private bool[] _labelPassed = [];

    private void Backward()
    {
        int temps = _context.TempCount;
        if (_live.Length < temps)
        {
            _live = new bool[temps * 2];
            _uses = new int[temps * 2];
            _demand = new ulong[temps * 2];
        }

        Array.Clear(_live, 0, temps);
        Array.Clear(_demand, 0, temps);
        CountUses(temps);
        if (_labelPassed.Length < _context.LabelCount)
        {
            _labelPassed = new bool[_context.LabelCount * 2];
            Array.Resize(ref _liveAtLabel, _context.LabelCount * 2);
        }

        Array.Clear(_labelPassed, 0, _context.LabelCount);
        _tbTemps.Clear();
        for (int i = _context.Globals.Count; i < temps; i++)
        {
            if (_context.Info(TcgContext.TempAt(i)).Kind == TempKind.Tb)
            {
                _tbTemps.Add(i);
            }
        }

        SetGlobalsLive(true);
        for (int i = _context.OpCount - 1; i >= 0; i--)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.Nop)
            {
                continue;
            }

            DropUndemanded(ref op);
            OpInfo info = OpInfo.Of(op.Opcode);
            if (IsDead(op, info) || TryRetarget(i))
            {
                int inputs = op.InputCount;
                for (int k = 0; k < inputs; k++)
                {
                    _uses[op.In(k).Index]--;
                }

                Remove(ref op);
                continue;
            }

            KeepRotation(ref op);
            Transfer(op, info);
        }
    }

    private void CountUses(int temps)
    {
        Array.Clear(_uses, 0, temps);
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
            int inputs = op.InputCount;
            for (int k = 0; k < inputs; k++)
            {
                _uses[op.In(k).Index]++;
            }
        }
    }

    // A temp that lives across labels counts as live at each, but what no op reads is dead all the same.
    private bool IsDead(in Op op, OpInfo info) => op.Out0.IsValid && IsPure(op, info)
        && (!_live[op.Out0.Index] || (op.Out0.Index >= _context.Globals.Count && _uses[op.Out0.Index] == 0));

    private static bool IsPure(in Op op, OpInfo info) => op.Opcode == Opcode.Call
        ? (op.Helper!.Flags & HelperFlags.Pure) != 0
        : !info.Any(OpFlags.SideEffects | OpFlags.Faults);

    /// <summary>Liveness before <paramref name="op"/> from that after it.</summary>
    private void Transfer(in Op op, OpInfo info)
    {
        ulong demanded = ulong.MaxValue;
        if (op.Out0.IsValid)
        {
            demanded = _demand[op.Out0.Index];
            _live[op.Out0.Index] = false;
            _demand[op.Out0.Index] = 0;
        }

        if (info.Has(OpFlags.Branches))
        {
            TransferBranch(op, info);
        }
        else if (ObservesGlobals(op))
        {
            SetGlobalsLive(true);
        }
        else if (info.Has(OpFlags.ReadsEnv))
        {
            int at = (int)op.Imm0;
            int end = at + BlockBytes(op);
            for (int global = NextGlobalIn(ref at, end); global >= 0; global = NextGlobalIn(ref at, end))
            {
                Demand(_context.Global(global), ulong.MaxValue);
            }
        }
        else if (info.Has(OpFlags.WritesEnv) && op.Opcode != Opcode.Clrex)
        {
            // A store that covers part of a register must see the rest of it in the block.
            int at = (int)op.Imm0;
            int end = at + BlockBytes(op);
            for (int global = NextGlobalIn(ref at, end); global >= 0; global = NextGlobalIn(ref at, end))
            {
                Demand(_context.Global(global), ulong.MaxValue);
            }
        }

        DemandInputs(op, demanded);
    }

    private void TransferBranch(in Op op, OpInfo info)
    {
        switch (op.Opcode)
        {
            case Opcode.SetLabel:
                RecordLabel(op.Label.Index);
                break;
            case Opcode.Br or Opcode.Brcond:
                if (info.Has(OpFlags.EndsBlock))
                {
                    SetGlobalsLive(false);
                }

                SetTbTempsLive();
                if (_labelPassed[op.Label.Index])
                {
                    bool[] atLabel = _liveAtLabel[op.Label.Index];
                    for (int i = 0; i < _context.Globals.Count; i++)
                    {
                        if (atLabel[i])
                        {
                            Demand(_context.Global(i), ulong.MaxValue);
                        }
                    }
                }
                else
                {
                    SetGlobalsLive(true);
                }

                break;
            default:
                SetGlobalsLive(true);
                break;
        }
    }

    private void RecordLabel(int label)
    {
        _labelPassed[label] = true;
        bool[]? known = _liveAtLabel[label];
        int globals = _context.Globals.Count;
        if (known is null || known.Length < globals)
        {
            _liveAtLabel[label] = known = new bool[globals];
        }

        Array.Copy(_live, known, globals);
    }

    private void SetGlobalsLive(bool live)
    {
        for (int i = 0; i < _context.Globals.Count; i++)
        {
            _live[i] = live;
            _demand[i] = live ? ulong.MaxValue : 0;
        }
    }

    private void SetTbTempsLive()
    {
        foreach (int temp in _tbTemps)
        {
            Demand(TcgContext.TempAt(temp), ulong.MaxValue);
        }
    }

    /// <summary>
    /// <c>t = op; mov g, t</c> with t dead afterwards: the op writes g itself. The same for the extension of a narrow load, which the load can do.
    /// </summary>
    private bool TryRetarget(int index)
    {
        Opcode opcode = _context.OpAt(index).Opcode;
        if (opcode is not (Opcode.Mov or Opcode.ExtuI32I64 or Opcode.ExtI32I64))
        {
            return false;
        }

        Temp destination = _context.OpAt(index).Out0;
        Temp source = _context.OpAt(index).In0;
        if (_context.Info(source).Kind != TempKind.Ebb || _live[source.Index])
        {
            return false;
        }

        int maker = FindMaker(index, destination, source);
        if (maker < 0)
        {
            return false;
        }

        ref Op op = ref _context.OpAt(maker);
        if (opcode != Opcode.Mov)
        {
            return TryWiden(ref op, opcode == Opcode.ExtI32I64, destination);
        }

        if (_context.TypeOf(destination) != _context.TypeOf(source))
        {
            return false;
        }

        op.Out0 = destination;
        return true;
    }

    /// <summary>Makes a narrow load extend to 64 bits.</summary>
    private static bool TryWiden(ref Op op, bool signed, Temp destination)
    {
        switch (op.Opcode)
        {
            case Opcode.QemuLd when ((MemOp)op.Imm1 & MemOp.SizeMask) == MemOp.Size32:
                op.Imm1 = (long)((MemOp)op.Imm1 & ~MemOp.Sign) | (signed ? (long)MemOp.Sign : 0);
                break;
            case Opcode.QemuLd when ((MemOp)op.Imm1 & MemOp.Sign) != 0 == signed:
            case Opcode.Ld8u or Opcode.Ld16u when !signed:
            case Opcode.Ld8s or Opcode.Ld16s when signed:
                break;
            case Opcode.Ld or Opcode.Ld32u or Opcode.Ld32s:
                op.Opcode = signed ? Opcode.Ld32s : Opcode.Ld32u;
                break;
            default:
                return false;
        }

        op.Type = TcgType.I64;
        op.Out0 = destination;
        return true;
    }

    /// <summary>
    /// Index of the op that makes <paramref name="source"/>, if nothing between it and <paramref name="index"/> reads that, reads or writes
    /// <paramref name="destination"/>, or could see that the latter is written earlier; else -1.
    /// </summary>
    private int FindMaker(int index, Temp destination, Temp source)
    {
        bool isGlobal = _context.Info(destination).Kind == TempKind.Global;
        for (int i = index - 1; i >= 0 && i >= index - RetargetReach; i--)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.Nop)
            {
                continue;
            }

            if (op.Out0 == source)
            {
                return op.Opcode == Opcode.Discard ? -1 : i;
            }

            OpInfo info = OpInfo.Of(op.Opcode);
            if (op.Out0.IsValid && _uses[op.Out0.Index] == 0 && _context.Info(op.Out0).Kind == TempKind.Ebb && IsPure(op, info))
            {
                // Dead, only not yet removed.
                continue;
            }

            if (op.Out0 == destination || Reads(op, source) || Reads(op, destination) || info.Has(OpFlags.Branches)
                || (isGlobal && (ObservesGlobals(op) || TouchesInBlock(op, info, destination))))
            {
                return -1;
            }
        }

        return -1;
    }

    private bool TouchesInBlock(in Op op, OpInfo info, Temp global)
    {
        if (!info.Any(OpFlags.ReadsEnv | OpFlags.WritesEnv) || op.Opcode == Opcode.Clrex)
        {
            return false;
        }

        ref readonly TempInfo known = ref _context.Info(global);
        return op.Imm0 < known.Offset + SizeOf(known.Type) && known.Offset < op.Imm0 + BlockBytes(op);
    }

    private static bool Reads(in Op op, Temp temp)
    {
        int inputs = op.InputCount;
        for (int k = 0; k < inputs; k++)
        {
            if (op.In(k) == temp)
            {
                return true;
            }
        }

        return false;
    }
}
