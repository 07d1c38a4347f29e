using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly Type[] s_x87Operands = [typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong)];
    private static readonly FieldInfo s_x87Low = typeof(X87Result).GetField(nameof(X87Result.Low))!;
    private static readonly FieldInfo s_x87High = typeof(X87Result).GetField(nameof(X87Result.High))!;

    private LocalBuilder? _x87Result;

    /// <summary>The halves of an x87 operation's result by one call of its code, where they are asked for one behind the other.</summary>
    private bool EmitX87(in Op op)
    {
        if (op.Opcode is not (Opcode.X87Lo or Opcode.X87Hi))
        {
            return false;
        }

        if (op.Opcode == Opcode.X87Hi && _at > 0 && IsX87Pair(_tcg.Ops[_at - 1], op))
        {
            PopX87(s_x87High, op.Out0);
            return true;
        }

        for (int i = 0; i < op.InputCount; i++)
        {
            Push(op.In(i));
        }

        nint code = X87Host.CodeOf((X87Operation)op.Imm0);
        if (code == 0)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)op.Imm0);
            _il.Emit(OpCodes.Call, OpMethods.X87);
        }
        else
        {
            PushLong((ulong)code);
            _il.Emit(OpCodes.Conv_I);
            _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(X87Result), s_x87Operands, null);
        }

        _x87Result ??= _il.DeclareLocal(typeof(X87Result));
        _il.Emit(OpCodes.Stloc, _x87Result);
        PopX87(op.Opcode == Opcode.X87Lo ? s_x87Low : s_x87High, op.Out0);
        return true;
    }

    private void PopX87(FieldInfo half, Temp result)
    {
        _il.Emit(OpCodes.Ldloc, _x87Result!);
        _il.Emit(OpCodes.Ldfld, half);
        Pop(result);
    }

    private static bool IsX87Pair(in Op low, in Op high)
    {
        if (low.Opcode != Opcode.X87Lo || low.Imm0 != high.Imm0)
        {
            return false;
        }

        for (int i = 0; i < high.InputCount; i++)
        {
            if (low.In(i) != high.In(i) || low.Out0 == high.In(i))
            {
                return false;
            }
        }

        return true;
    }
}
