using System.Reflection.Emit;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>IL of conditions on two values of one type that lie on the stack.</summary>
internal static class ConditionEmission
{
    /// <summary>Replaces (a, b) by 0 or 1 (int32).</summary>
    /// <param name="wide">The values are int64.</param>
    public static void Test(ILGenerator il, TcgCond cond, bool wide)
    {
        switch (cond)
        {
            case TcgCond.Never or TcgCond.Always:
                il.Emit(OpCodes.Pop);
                il.Emit(OpCodes.Pop);
                il.Emit(cond == TcgCond.Always ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
                break;
            case TcgCond.Eq:
                il.Emit(OpCodes.Ceq);
                break;
            case TcgCond.Lt:
                il.Emit(OpCodes.Clt);
                break;
            case TcgCond.Gt:
                il.Emit(OpCodes.Cgt);
                break;
            case TcgCond.Ltu:
                il.Emit(OpCodes.Clt_Un);
                break;
            case TcgCond.Gtu:
                il.Emit(OpCodes.Cgt_Un);
                break;
            case TcgCond.TstEq:
                il.Emit(OpCodes.And);
                il.Emit(OpCodes.Ldc_I4_0);
                if (wide)
                {
                    il.Emit(OpCodes.Conv_I8);
                }

                il.Emit(OpCodes.Ceq);
                break;
            default:
                Test(il, cond.Invert(), wide);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Ceq);
                break;
        }
    }

    /// <summary>Pops (a, b) and branches to <paramref name="target"/> if the condition holds.</summary>
    /// <param name="wide">The values are int64.</param>
    public static void Branch(ILGenerator il, TcgCond cond, bool wide, System.Reflection.Emit.Label target)
    {
        switch (cond)
        {
            case TcgCond.Never or TcgCond.Always:
                il.Emit(OpCodes.Pop);
                il.Emit(OpCodes.Pop);
                if (cond == TcgCond.Always)
                {
                    il.Emit(OpCodes.Br, target);
                }

                break;
            case TcgCond.TstEq or TcgCond.TstNe:
                il.Emit(OpCodes.And);
                il.Emit(OpCodes.Ldc_I4_0);
                if (wide)
                {
                    il.Emit(OpCodes.Conv_I8);
                }

                il.Emit(cond == TcgCond.TstEq ? OpCodes.Beq : OpCodes.Bne_Un, target);
                break;
            default:
                il.Emit(
                    cond switch
                    {
                        TcgCond.Eq => OpCodes.Beq,
                        TcgCond.Ne => OpCodes.Bne_Un,
                        TcgCond.Lt => OpCodes.Blt,
                        TcgCond.Ge => OpCodes.Bge,
                        TcgCond.Le => OpCodes.Ble,
                        TcgCond.Gt => OpCodes.Bgt,
                        TcgCond.Ltu => OpCodes.Blt_Un,
                        TcgCond.Geu => OpCodes.Bge_Un,
                        TcgCond.Leu => OpCodes.Ble_Un,
                        _ => OpCodes.Bgt_Un,
                    },
                    target);
                break;
        }
    }
}
