using System.Reflection.Emit;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    /// <summary>
    /// Divides 128 bits by 64. Nearly always the high half is only the low half's extension, and the host's own division of 64 bits does; RyuJIT, which inlines nothing in a method as
    /// large as a region, would call for it.
    /// </summary>
    private void EmitWideDivision(Op op)
    {
        bool signed = op.Opcode == Opcode.Divs2;
        IlLabel wide = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        LocalBuilder quotient = _il.DeclareLocal(typeof(long));
        for (int i = 0; i < op.InputCount; i++)
        {
            // Where they are read once more on the cold path, nothing is borrowed any more.
            Push(op.In(i));
            _il.Emit(OpCodes.Pop);
        }

        if (signed)
        {
            PushAgain(op.In0);
            _il.Emit(OpCodes.Ldc_I4, 63);
            _il.Emit(OpCodes.Shr);
            PushAgain(op.In1);
            _il.Emit(OpCodes.Bne_Un, wide);

            // 0 and -1: the one divides nothing, the other may overflow.
            PushAgain(op.In2);
            PushLong(1);
            _il.Emit(OpCodes.Add);
            PushLong(1);
            _il.Emit(OpCodes.Ble_Un, wide);
        }
        else
        {
            PushAgain(op.In1);
            _il.Emit(OpCodes.Brtrue, wide);
            PushAgain(op.In2);
            _il.Emit(OpCodes.Brfalse, wide);
        }

        PushAgain(op.In0);
        PushAgain(op.In2);
        _il.Emit(signed ? OpCodes.Div : OpCodes.Div_Un);
        _il.Emit(OpCodes.Stloc, quotient);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, quotient);
        Pop(op.Out0);

        _cold.Add(() =>
        {
            _il.MarkLabel(wide);
            PushLong(0);
            _il.Emit(OpCodes.Stloc, quotient);
            PushAgain(op.In2);
            _il.Emit(OpCodes.Brfalse, done);
            PushAgain(op.In0);
            PushAgain(op.In1);
            PushAgain(op.In2);
            _il.Emit(OpCodes.Call, OpMethods.Bits(signed ? nameof(BitMath.DivideWideSigned) : nameof(BitMath.DivideWide), 3, wide: true));
            _il.Emit(OpCodes.Stloc, quotient);
            _il.Emit(OpCodes.Br, done);
        });
    }
}
