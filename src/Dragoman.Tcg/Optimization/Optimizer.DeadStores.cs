using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Stores to the vCPU block (vector registers, above all) that are overwritten before anything can see them.</summary>
public sealed partial class Optimizer
{
    private const int MaximumOverwritten = 16;

    // Bytes that a later op of the same block writes before anybody reads them. A ring: what has no room pushes out the oldest.
    private readonly ByteRange[] _overwritten = new ByteRange[MaximumOverwritten];
    private int _nextOverwritten;

    private record struct ByteRange(int Start, int End);

    private void ForgetOverwritten() => Array.Clear(_overwritten);

    private bool IsDeadStore(in Op op)
    {
        if (!IsStoreToState(op))
        {
            return false;
        }

        int start = (int)op.Imm0;
        int end = start + BlockBytes(op);
        foreach (ByteRange later in _overwritten)
        {
            if (later.Start <= start && end <= later.End)
            {
                return true;
            }
        }

        return false;
    }

    private void TrackStores(in Op op, OpInfo info)
    {
        if (IsStoreToState(op))
        {
            _overwritten[_nextOverwritten] = new ByteRange((int)op.Imm0, (int)op.Imm0 + BlockBytes(op));
            _nextOverwritten = (_nextOverwritten + 1) % MaximumOverwritten;
        }
        else if (info.Has(OpFlags.Branches) || op.Opcode == Opcode.Call || ObservesGlobals(op))
        {
            ForgetOverwritten();
        }
        else if (info.Has(OpFlags.ReadsEnv))
        {
            int start = (int)op.Imm0;
            int end = start + BlockBytes(op);
            for (int i = 0; i < _overwritten.Length; i++)
            {
                if (_overwritten[i].Start < end && start < _overwritten[i].End)
                {
                    _overwritten[i] = default;
                }
            }
        }
    }

    // The header is read behind the IR's back; registers that the IR knows are read by name.
    private bool IsStoreToState(in Op op)
    {
        if (op.Opcode is not (Opcode.St or Opcode.St8 or Opcode.St16 or Opcode.St32) || op.Imm0 < Abi.VcpuHeader.GuestState)
        {
            return false;
        }

        int at = (int)op.Imm0;
        return NextGlobalIn(ref at, at + BlockBytes(op)) < 0;
    }
}
