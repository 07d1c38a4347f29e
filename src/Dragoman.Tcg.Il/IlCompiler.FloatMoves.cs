using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>Halves of vectors that are numbers go from one floating-point register of the host to another, not through an integer register.</summary>
internal sealed unsafe partial class IlCompiler
{
    private static readonly MethodInfo s_joinDoubles = typeof(Vector128).GetMethod(nameof(Vector128.Create), [typeof(double), typeof(double)])!;
    private static readonly MethodInfo s_lowWithZero = typeof(Vector128).GetMethod(nameof(Vector128.CreateScalar), [typeof(double)])!;
    private static readonly MethodInfo s_bytesOfDoubles = typeof(Vector128).GetMethod(nameof(Vector128.As))!.MakeGenericMethod(typeof(double), typeof(byte));

    /// <summary>Emits ops that join vectors of numbers and take them apart; false for others.</summary>
    private bool EmitNumberMove(in Op op)
    {
        int lane = op.Opcode switch
        {
            Opcode.LoV128I64 => 0,
            Opcode.HiV128I64 => 1,
            Opcode.LaneGet when op.Vece == 3 && op.Type == TcgType.I64 => (int)op.Imm0,
            _ => -1,
        };
        if (lane >= 0 && IsFloatOnly(op.Out0, out LocalBuilder? number))
        {
            Push(op.In0);
            _il.Emit(OpCodes.Call, s_asDoubles);
            _il.Emit(OpCodes.Ldc_I4, lane);
            _il.Emit(OpCodes.Call, s_lowDouble);
            _il.Emit(OpCodes.Stloc, number!);
            return true;
        }

        if (op.Opcode != Opcode.ConcatI64V128 || (_floats[op.In0.Index] is null && _floats[op.In1.Index] is null))
        {
            return false;
        }

        PushNumber(op.In0);
        if (_tcg.TryConst(op.In1, out ulong high) && high == 0)
        {
            _il.Emit(OpCodes.Call, s_lowWithZero);
        }
        else
        {
            PushNumber(op.In1);
            _il.Emit(OpCodes.Call, s_joinDoubles);
        }

        _il.Emit(OpCodes.Call, s_bytesOfDoubles);
        Pop(op.Out0);
        return true;
    }

    private void PushNumber(Temp temp)
    {
        if (_floats[temp.Index] is { } local)
        {
            _il.Emit(OpCodes.Ldloc, local);
            return;
        }

        Push(temp);
        _il.Emit(OpCodes.Call, s_toDouble);
    }
}
