using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Copies of vector registers of which a part is written alone somewhere in the TB, as scalar floating-point instructions do. Such a copy is made in two halves: a host
/// cannot forward a store of one half to a load of the whole, which then waits until the store has left the core, and the forward pass follows halves into registers.
/// </summary>
public sealed partial class Optimizer
{
    // How far behind a load its stores may stand.
    private const int CopyReach = 8;

    // Words of 8 bytes of the vCPU block, by number, that are written alone.
    private readonly List<int> _writtenWords = [];
    private int[] _definitions = new int[256];

    // Of a temp whose halves are temps of their own: the index of the low one, before that of the high one; 0 for others.
    private int[] _halves = new int[256];
    private bool[] _isSplit = new bool[256];

    private void SplitVectorCopies()
    {
        if (!FindWrittenWords())
        {
            return;
        }

        CountDefinitions();
        bool any = false;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < _context.OpCount; i++)
            {
                // A register that is copied to in halves is itself written in parts from now on.
                if (!_isSplit[i] && IsPartlyWritten(_context.OpAt(i)) && FollowCopies(i))
                {
                    _isSplit[i] = changed = any = true;
                }
            }
        }

        if (any)
        {
            RewriteCopies();
        }
    }

    // False when there is nothing to split.
    private bool FindWrittenWords()
    {
        _writtenWords.Clear();
        bool loads = false;
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode is Opcode.St or Opcode.St8 or Opcode.St16 or Opcode.St32 && op.Imm0 >= Abi.VcpuHeader.GuestState && BlockBytes(op) < 16)
            {
                NoteWord((int)op.Imm0 >> 3);
            }

            loads |= op.Opcode == Opcode.Ld && op.Type == TcgType.V128;
        }

        return loads && _writtenWords.Count != 0;
    }

    private void NoteWord(int word)
    {
        if (!_writtenWords.Contains(word))
        {
            _writtenWords.Add(word);
        }
    }

    private void CountDefinitions()
    {
        int temps = _context.TempCount;
        if (_definitions.Length < temps)
        {
            _definitions = new int[temps * 2];
        }

        if (_uses.Length < temps)
        {
            _uses = new int[temps * 2];
        }

        if (_isSplit.Length < _context.OpCount)
        {
            _isSplit = new bool[_context.OpCount * 2];
        }

        Array.Clear(_isSplit);
        Array.Clear(_definitions);
        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Out0.IsValid)
            {
                _definitions[op.Out0.Index]++;
            }
        }

        CountUses(temps);
    }

    private bool IsPartlyWritten(in Op op)
    {
        int word = (int)op.Imm0 >> 3;
        return op.Opcode == Opcode.Ld && op.Type == TcgType.V128 && (op.Imm0 & 7) == 0 && (_writtenWords.Contains(word) || _writtenWords.Contains(word + 1));
    }

    /// <summary>Whether all that becomes of the load at <paramref name="load"/> is stores to the block, close behind it; their words then count as written alone.</summary>
    private bool FollowCopies(int load)
    {
        Temp first = _context.OpAt(load).Out0;
        Temp second = default;
        int unseen = _uses[first.Index];
        int end = Math.Min(_context.OpCount, load + 1 + CopyReach);
        int last = load;
        for (int i = load + 1; i < end && unseen > 0 && _definitions[first.Index] == 1; i++)
        {
            ref Op op = ref _context.OpAt(i);
            if (OpInfo.Of(op.Opcode).Has(OpFlags.Branches))
            {
                return false;
            }

            if (!Reads(op, first) && !(second.IsValid && Reads(op, second)))
            {
                continue;
            }

            last = i;
            unseen--;
            if (op.Opcode == Opcode.Mov && !second.IsValid && op.In0 == first && _definitions[op.Out0.Index] == 1 && op.Out0.Index >= _context.Globals.Count)
            {
                second = op.Out0;
                unseen += _uses[second.Index];
            }
            else if (op.Opcode != Opcode.St || op.Type != TcgType.V128 || op.Imm0 < Abi.VcpuHeader.GuestState || (op.Imm0 & 7) != 0)
            {
                return false;
            }
        }

        if (unseen != 0 || last == load || _definitions[first.Index] != 1)
        {
            return false;
        }

        for (int i = load + 1; i <= last; i++)
        {
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.St && (op.In0 == first || op.In0 == second))
            {
                NoteWord((int)op.Imm0 >> 3);
                NoteWord(((int)op.Imm0 >> 3) + 1);
            }
        }

        return true;
    }

    private void RewriteCopies()
    {
        int count = _context.OpCount;
        var ops = new Op[count];
        for (int i = 0; i < count; i++)
        {
            ops[i] = _context.OpAt(i);
        }

        if (_halves.Length < _context.TempCount)
        {
            _halves = new int[_context.TempCount * 2];
        }

        Array.Clear(_halves);
        _context.Truncate(0);
        for (int i = 0; i < count; i++)
        {
            ref Op op = ref ops[i];
            if (_isSplit[i])
            {
                Temp low = _context.NewEbbTemp(TcgType.I64);
                Temp high = _context.NewEbbTemp(TcgType.I64);
                _halves[op.Out0.Index] = low.Index;
                AppendHalf(Opcode.Ld, op.Imm0).Out0 = low;
                AppendHalf(Opcode.Ld, op.Imm0 + 8).Out0 = high;
            }
            else if (op.Opcode is Opcode.Mov or Opcode.St && op.Type == TcgType.V128 && _halves[op.In0.Index] is not 0 and var half)
            {
                if (op.Opcode == Opcode.Mov)
                {
                    _halves[op.Out0.Index] = half;
                    continue;
                }

                AppendHalf(Opcode.St, op.Imm0).In0 = TcgContext.TempAt(half);
                AppendHalf(Opcode.St, op.Imm0 + 8).In0 = TcgContext.TempAt(half + 1);
            }
            else
            {
                _context.Append(op);
            }
        }
    }

    private ref Op AppendHalf(Opcode opcode, long offset)
    {
        ref Op op = ref _context.Append(opcode, TcgType.I64);
        op.Imm0 = offset;
        return ref op;
    }
}
