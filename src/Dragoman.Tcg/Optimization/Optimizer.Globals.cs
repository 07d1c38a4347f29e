using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Which guest registers lie at which bytes of the vCPU block, for ops that read and write it by offset.</summary>
public sealed partial class Optimizer
{
    private IReadOnlyList<GlobalInfo>? _mapped;

    // Global plus 1 for each 4 bytes from _mapStart on, 0 for none.
    private short[] _globalAt = [];
    private int _mapStart;

    private void MapGlobals()
    {
        IReadOnlyList<GlobalInfo> globals = _context.Globals;
        if (ReferenceEquals(globals, _mapped))
        {
            return;
        }

        _mapped = globals;
        int start = int.MaxValue;
        int end = 0;
        for (int i = 0; i < globals.Count; i++)
        {
            start = Math.Min(start, globals[i].Offset);
            end = Math.Max(end, globals[i].Offset + SizeOf(globals[i].Type));
        }

        _mapStart = globals.Count == 0 ? 0 : start & ~3;
        _globalAt = new short[globals.Count == 0 ? 0 : ((end - _mapStart) / 4) + 1];
        for (int i = 0; i < globals.Count; i++)
        {
            int first = (globals[i].Offset - _mapStart) / 4;
            int last = (globals[i].Offset + SizeOf(globals[i].Type) - 1 - _mapStart) / 4;
            for (int k = first; k <= last; k++)
            {
                _globalAt[k] = (short)(i + 1);
            }
        }
    }

    /// <summary>The next global that overlaps the bytes from <paramref name="offset"/> up to <paramref name="end"/>, or -1; moves the offset on.</summary>
    private int NextGlobalIn(ref int offset, int end)
    {
        while (offset < end)
        {
            int k = (offset - _mapStart) >> 2;
            offset = (offset & ~3) + 4;
            if ((uint)k < (uint)_globalAt.Length && _globalAt[k] != 0)
            {
                return _globalAt[k] - 1;
            }
        }

        return -1;
    }

    private static int SizeOf(TcgType type) => type switch
    {
        TcgType.I32 => 4,
        TcgType.I64 => 8,
        _ => 16,
    };

    /// <summary>Bytes that an op of the vCPU block reads or writes.</summary>
    private static int BlockBytes(in Op op) => op.Opcode switch
    {
        Opcode.Ld8u or Opcode.Ld8s or Opcode.St8 => 1,
        Opcode.Ld16u or Opcode.Ld16s or Opcode.St16 => 2,
        Opcode.Ld32u or Opcode.Ld32s or Opcode.St32 => 4,
        _ => SizeOf(op.Type),
    };
}
