using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>IL of the op table's total shifts: the value lies on the stack.</summary>
internal static class ShiftEmission
{
    /// <summary>Shifts by a count that is known while translating.</summary>
    /// <param name="opcode"><c>shl</c>, <c>shr.un</c> or <c>shr</c>.</param>
    /// <param name="width">Of the value, in bits.</param>
    public static void ByConstant(ILGenerator il, OpCode opcode, ulong count, int width)
    {
        if (count == 0)
        {
            return;
        }

        if (count >= (ulong)width && opcode != OpCodes.Shr)
        {
            il.Emit(OpCodes.Pop);
            il.Emit(OpCodes.Ldc_I4_0);
            if (width == 64)
            {
                il.Emit(OpCodes.Conv_I8);
            }

            return;
        }

        il.Emit(OpCodes.Ldc_I4, (int)Math.Min(count, (ulong)width - 1));
        il.Emit(opcode);
    }

    /// <summary>Shifts by a temp of the value's type.</summary>
    /// <param name="inRange">The count is below the width.</param>
    /// <param name="method">The total shift for counts that are neither constant nor in range.</param>
    public static void ByTemp(IlOpContext context, OpCode opcode, Temp count, int width, bool inRange, MethodInfo method)
    {
        if (context.Tcg.TryConst(count, out ulong value))
        {
            ByConstant(context.Il, opcode, value, width);
            return;
        }

        context.Push(count);
        if (inRange)
        {
            context.Il.Emit(OpCodes.Conv_I4);
            context.Il.Emit(opcode);
            return;
        }

        context.Il.Emit(OpCodes.Call, method);
    }
}
