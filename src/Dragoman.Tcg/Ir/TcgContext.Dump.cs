using System.Globalization;
using System.Text;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Ir;

public sealed partial class TcgContext
{
    /// <summary>The ops as <c>-d op</c> and <c>-d op_opt</c> print them: one a line, outputs before inputs before immediates.</summary>
    public string Dump()
    {
        var text = new StringBuilder();
        foreach (ref readonly Op op in Ops)
        {
            DumpOp(text, op);
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The name of a temp: a register's, <c>$0x..</c> of a constant, <c>loc..</c> and <c>tmp..</c> of TB and EBB temps.</summary>
    public string NameOf(Temp temp)
    {
        if (!temp.IsValid)
        {
            return "?";
        }

        ref readonly TempInfo info = ref Info(temp);
        int number = temp.Index - Globals.Count;
        return info.Kind switch
        {
            TempKind.Global => Globals[temp.Index].Name,
            TempKind.Const when info.Type == TcgType.V128 => string.Create(CultureInfo.InvariantCulture, $"$0x{info.ValueHigh:x}_{info.Value:x16}"),
            TempKind.Const => string.Create(CultureInfo.InvariantCulture, $"$0x{info.Value:x}"),
            TempKind.Tb => $"loc{number}",
            _ => $"tmp{number}",
        };
    }

    private void DumpOp(StringBuilder text, in Op op)
    {
        OpInfo info = OpInfo.Of(op.Opcode);
        if (op.Opcode == Opcode.InsnStart)
        {
            text.Append(CultureInfo.InvariantCulture, $" ---- {(ulong)op.Imm0:x16}");
            return;
        }

        text.Append(' ').Append(info.Name);
        if (info.Any(OpFlags.Lanes) || (info.Has(OpFlags.Float) && op.Type == TcgType.V128))
        {
            text.Append(CultureInfo.InvariantCulture, $"_{8 << op.Vece}");
        }
        else if (info.Outputs + info.Inputs > 0)
        {
            text.Append('_').Append(op.Type.ToString().ToLowerInvariant());
        }

        char separator = ' ';
        if (op.Helper is not null)
        {
            Next(text, ref separator).Append(op.Helper.Name);
        }

        if (op.Out0.IsValid)
        {
            Next(text, ref separator).Append(NameOf(op.Out0));
        }

        for (int i = 0; i < op.InputCount; i++)
        {
            Next(text, ref separator).Append(NameOf(op.In(i)));
        }

        if (info.HasCond)
        {
            Next(text, ref separator).Append(op.Cond.ToString().ToLowerInvariant());
        }

        for (int i = 0; i < info.Immediates; i++)
        {
            DumpImmediate(Next(text, ref separator), op, info, i);
        }

        if (info.HasLabel)
        {
            Next(text, ref separator).Append(CultureInfo.InvariantCulture, $"$L{op.Label.Index}");
        }
    }

    private static void DumpImmediate(StringBuilder text, in Op op, OpInfo info, int index)
    {
        long value = index switch
        {
            0 => op.Imm0,
            1 => op.Imm1,
            _ => op.Imm2,
        };
        bool last = index == info.Immediates - 1;
        if (last && info.Any(OpFlags.ReadsMemory | OpFlags.WritesMemory))
        {
            DumpMemOp(text, (MemOp)value);
        }
        else if (op.Opcode == Opcode.Mb)
        {
            text.Append((MemBarrier)value);
        }
        else if (op.Opcode is Opcode.GotoTb && index == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"0x{value:x}");
        }
        else if (info.Has(OpFlags.Float) && last && op.Opcode is not (Opcode.F2si or Opcode.F2ui))
        {
            text.Append(((FpRounding)value).ToString().ToLowerInvariant());
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{value}");
        }
    }

    private static void DumpMemOp(StringBuilder text, MemOp op)
    {
        text.Append((op & MemOp.Sign) != 0 ? 's' : 'u').Append(CultureInfo.InvariantCulture, $"{8 << (int)(op & MemOp.SizeMask)}");
        foreach (MemOp flag in (ReadOnlySpan<MemOp>)[MemOp.ByteSwap, MemOp.Align, MemOp.Align16, MemOp.Within16, MemOp.Acquire, MemOp.AcquirePc, MemOp.Release, MemOp.SeqCst])
        {
            if ((op & flag) != 0)
            {
                text.Append('+').Append(flag.ToString().ToLowerInvariant());
            }
        }

        int atom = (int)(op & MemOp.AtomMask) >> (int)MemOp.AtomShift;
        if (atom != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"+atom{8 << (atom - 1)}");
        }

        if ((op & MemOp.MmuMask) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"+mmu{(int)(op & MemOp.MmuMask) >> MemOps.MmuShift}");
        }
    }

    private static StringBuilder Next(StringBuilder text, ref char separator)
    {
        text.Append(separator == ' ' ? " " : ", ");
        separator = ',';
        return text;
    }
}
