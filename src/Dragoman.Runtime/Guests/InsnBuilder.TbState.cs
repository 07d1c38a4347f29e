using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Registers that are part of a TB's key. The context knows the key of the instruction that is translated next.
public unsafe partial class InsnBuilder
{
    private readonly List<TbStateBits> _changed = [];

    /// <summary>A field of the TB's <c>tbstate</c> as it is when the instruction starts.</summary>
    public long TbState(int low, int width) => (long)(_context.TbFlags >> low & Static.Ones(width));

    // Before the commit: what is written that translation knows goes on in the same TB; the rest is looked at when it has been written.
    private void FollowTbState()
    {
        _changed.Clear();
        foreach (TbStateBits bits in _layout.TbState)
        {
            if (_writes.FindLastIndex(w => !w.IsMemory && w.Key == bits.Global) is >= 0 and var index)
            {
                if (_tcg.TryConst(_writes[index].Value, out ulong known))
                {
                    ulong mask = Static.Ones(bits.Width) << bits.Low;
                    _context.TbFlags = _context.TbFlags & ~mask | known >> bits.RegisterLow << bits.Low & mask;
                }
                else
                {
                    _changed.Add(bits);
                }
            }
        }
    }

    // Behind the commit: what is now another key than translation goes on with leaves, to be looked up.
    private void LeaveIfTbStateChanged()
    {
        foreach (TbStateBits bits in _changed)
        {
            Temp global = _tcg.Global(bits.Global);
            TcgType type = _tcg.TypeOf(global);
            Label stay = _tcg.NewLabel();
            _tcg.BrCond(type, TcgCond.Eq, _tcg.Extract(type, global, bits.RegisterLow, bits.Width), _tcg.Const(type, (ulong)TbState(bits.Low, bits.Width)), stay);
            _tcg.St(TcgType.I64, Const(64, _context.NextPc), _tcg.PcOffset);
            _tcg.ExitTb(TbExit.Lookup);
            PlaceLabel(stay);
        }
    }
}
