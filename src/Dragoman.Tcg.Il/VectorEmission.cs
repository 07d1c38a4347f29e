using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// IL of vector ops that are one or a few of .NET's own vector functions. RyuJIT knows those; the methods of <see cref="VectorMath"/> it has to inline, and it stops
/// inlining in methods as large as regions are.
/// </summary>
internal static class VectorEmission
{
    private static readonly Type[] s_unsigned = [typeof(byte), typeof(ushort), typeof(uint), typeof(ulong)];
    private static readonly Type[] s_signed = [typeof(sbyte), typeof(short), typeof(int), typeof(long)];
    private static readonly MethodInfo s_as = Generic(nameof(Vector128.As));
    private static readonly MethodInfo s_pair = typeof(Vector128).GetMethod(nameof(Vector128.Create), [typeof(ulong), typeof(ulong)])!;
    private static readonly MethodInfo s_shuffle = typeof(Ssse3).GetMethod(nameof(Ssse3.Shuffle), [typeof(Vector128<byte>), typeof(Vector128<byte>)])!;

    // Any thread writes an element, with what every other would write there; null until then. The casts have rows of their own.
    private static readonly MethodInfo?[] s_methods = new MethodInfo?[Enum.GetValues<Function>().Length * 8];
    private static readonly MethodInfo?[] s_casts = new MethodInfo?[16];

    // Of lanes of one type, named as in Vector128.
    private enum Function
    {
        Add,
        Subtract,
        Negate,
        BitwiseAnd,
        BitwiseOr,
        Xor,
        OnesComplement,
        AndNot,
        ConditionalSelect,
        Equals,
        GreaterThan,
        GreaterThanOrEqual,
        LessThan,
        LessThanOrEqual,
        Min,
        Max,
        GetElement,
        WithElement,
        Create,
        ShiftLeft,
        ShiftRightLogical,
        ShiftRightArithmetic,
    }

    /// <summary>Pushes a vector of two halves.</summary>
    public static void Constant(ILGenerator il, ulong low, ulong high)
    {
        il.Emit(OpCodes.Ldc_I8, (long)low);
        il.Emit(OpCodes.Ldc_I8, (long)high);
        Concat(il);
    }

    /// <summary>Joins the two halves on the stack.</summary>
    public static void Concat(ILGenerator il)
    {
        il.Emit(OpCodes.Call, s_pair);
        il.Emit(OpCodes.Call, Cast(typeof(ulong), 3, to: false));
    }

    /// <summary>Emits <paramref name="op"/> with its result; false for ops that .NET has no function for.</summary>
    public static bool TryEmit(in Op op, IlOpContext context)
    {
        int width = 8 << op.Vece;
        switch (op.Opcode)
        {
            case Opcode.AddVec:
                Lanes(op, context, Function.Add, s_unsigned);
                break;
            case Opcode.SubVec:
                Lanes(op, context, Function.Subtract, s_unsigned);
                break;
            case Opcode.NegVec:
                Lanes(op, context, Function.Negate, s_signed);
                break;
            case Opcode.AndVec:
                Lanes(op, context, Function.BitwiseAnd, s_unsigned);
                break;
            case Opcode.OrVec:
                Lanes(op, context, Function.BitwiseOr, s_unsigned);
                break;
            case Opcode.XorVec:
                Lanes(op, context, Function.Xor, s_unsigned);
                break;
            case Opcode.NotVec:
                Lanes(op, context, Function.OnesComplement, s_unsigned);
                break;
            case Opcode.AndcVec:
                Lanes(op, context, Function.AndNot, s_unsigned);
                break;
            case Opcode.BitselVec:
                Lanes(op, context, Function.ConditionalSelect, s_unsigned);
                break;
            case Opcode.SminVec:
                Lanes(op, context, Function.Min, s_signed);
                break;
            case Opcode.SmaxVec:
                Lanes(op, context, Function.Max, s_signed);
                break;
            case Opcode.UminVec:
                Lanes(op, context, Function.Min, s_unsigned);
                break;
            case Opcode.UmaxVec:
                Lanes(op, context, Function.Max, s_unsigned);
                break;
            case Opcode.CmpVec:
                return TryCompare(op, context);
            case Opcode.ShliVec when op.Imm0 >= 0 && op.Imm0 < width:
                Shift(op, context, Function.ShiftLeft, s_unsigned);
                break;
            case Opcode.ShriVec when op.Imm0 >= 0 && op.Imm0 < width:
                Shift(op, context, Function.ShiftRightLogical, s_unsigned);
                break;
            case Opcode.SariVec when op.Imm0 >= 0 && op.Imm0 < width && width < 64:
                Shift(op, context, Function.ShiftRightArithmetic, s_signed);
                break;
            case Opcode.ConcatI64V128:
                context.Push(op.In0);
                context.Push(op.In1);
                Concat(context.Il);
                context.Pop(op.Out0);
                break;
            case Opcode.LoV128I64:
                Element(op, 3, 0, context);
                break;
            case Opcode.HiV128I64:
                Element(op, 3, 1, context);
                break;
            case Opcode.LaneGet:
                Element(op, op.Vece, (int)op.Imm0, context);
                break;
            case Opcode.LaneSet:
                Push(op.In0, context, s_unsigned[op.Vece], op.Vece);
                context.Il.Emit(OpCodes.Ldc_I4, (int)op.Imm0);
                PushLane(op.In1, op.Vece, context);
                context.Il.Emit(OpCodes.Call, Method(Function.WithElement, op.Vece, s_unsigned));
                PopLanes(op, context, s_unsigned);
                break;
            case Opcode.DupVec:
                PushLane(op.In0, op.Vece, context);
                context.Il.Emit(OpCodes.Call, Method(Function.Create, op.Vece, s_unsigned));
                PopLanes(op, context, s_unsigned);
                break;
            case Opcode.ShuffleVec when Ssse3.IsSupported && IsConstant(op.In2, context.Tcg):
                Shuffle(op, context);
                break;
            default:
                return false;
        }

        return true;
    }

    private static void Lanes(in Op op, IlOpContext context, Function function, Type[] types)
    {
        for (int i = 0; i < op.InputCount; i++)
        {
            Push(op.In(i), context, types[op.Vece], op.Vece);
        }

        context.Il.Emit(OpCodes.Call, Method(function, op.Vece, types));
        PopLanes(op, context, types);
    }

    private static void Shift(in Op op, IlOpContext context, Function function, Type[] types)
    {
        Push(op.In0, context, types[op.Vece], op.Vece);
        context.Il.Emit(OpCodes.Ldc_I4, (int)op.Imm0);
        context.Il.Emit(OpCodes.Call, Method(function, op.Vece, types));
        PopLanes(op, context, types);
    }

    private static bool TryCompare(in Op op, IlOpContext context)
    {
        Function? function = op.Cond switch
        {
            TcgCond.Eq => Function.Equals,
            TcgCond.Lt or TcgCond.Ltu => Function.LessThan,
            TcgCond.Le or TcgCond.Leu => Function.LessThanOrEqual,
            TcgCond.Gt or TcgCond.Gtu => Function.GreaterThan,
            TcgCond.Ge or TcgCond.Geu => Function.GreaterThanOrEqual,
            _ => null,
        };
        if (function is not { } known)
        {
            return false;
        }

        Lanes(op, context, known, op.Cond is TcgCond.Lt or TcgCond.Le or TcgCond.Gt or TcgCond.Ge ? s_signed : s_unsigned);
        return true;
    }

    private static bool IsConstant(Temp temp, TcgContext tcg) => tcg.Info(temp).Kind == TempKind.Const;

    // pshufb takes sixteen bytes; an index with bit 7 gives 0.
    private static void Shuffle(in Op op, IlOpContext context)
    {
        ref readonly TempInfo indices = ref context.Tcg.Info(op.In2);
        Span<ulong> halves = [indices.Value, indices.ValueHigh];
        bool usesFirst = TrySelect(halves, 0, out ulong low, out ulong high);
        if (usesFirst)
        {
            EmitShuffle(op.In0, low, high, context);
        }

        if (TrySelect(halves, 16, out low, out high))
        {
            EmitShuffle(op.In1, low, high, context);
            if (usesFirst)
            {
                context.Il.Emit(OpCodes.Call, Method(Function.BitwiseOr, 0, s_unsigned));
            }
        }
        else if (!usesFirst)
        {
            Constant(context.Il, 0, 0);
        }

        context.Pop(op.Out0);
    }

    private static void EmitShuffle(Temp source, ulong low, ulong high, IlOpContext context)
    {
        context.Push(source);
        Constant(context.Il, low, high);
        context.Il.Emit(OpCodes.Call, s_shuffle);
    }

    // The indices into the sixteen bytes from `first` on, made ones for pshufb; false when there are none.
    private static bool TrySelect(ReadOnlySpan<ulong> indices, int first, out ulong low, out ulong high)
    {
        Span<ulong> selected = [0, 0];
        bool any = false;
        for (int i = 0; i < 16; i++)
        {
            int index = (int)(indices[i / 8] >> (8 * (i % 8)) & 0xFF) - first;
            bool isInside = index is >= 0 and < 16;
            any |= isInside;
            selected[i / 8] |= (isInside ? (ulong)index : 0x80UL) << (8 * (i % 8));
        }

        (low, high) = (selected[0], selected[1]);
        return any;
    }

    // A scalar, cut to a lane.
    private static void PushLane(Temp scalar, int vece, IlOpContext context)
    {
        context.Push(scalar);
        context.Il.Emit(vece switch { 0 => OpCodes.Conv_U1, 1 => OpCodes.Conv_U2, 2 => OpCodes.Conv_U4, _ => OpCodes.Conv_U8 });
    }

    // One lane, zero-extended or cut to the result.
    private static void Element(in Op op, int vece, int lane, IlOpContext context)
    {
        Push(op.In0, context, s_unsigned[vece], vece);
        context.Il.Emit(OpCodes.Ldc_I4, lane);
        context.Il.Emit(OpCodes.Call, Method(Function.GetElement, vece, s_unsigned));
        bool toLong = context.Tcg.TypeOf(op.Out0) == TcgType.I64;
        if (toLong != (vece == 3))
        {
            context.Il.Emit(toLong ? OpCodes.Conv_U8 : OpCodes.Conv_I4);
        }

        context.Pop(op.Out0);
    }

    private static void Push(Temp vector, IlOpContext context, Type lane, int vece)
    {
        context.Push(vector);
        if (lane != typeof(byte))
        {
            context.Il.Emit(OpCodes.Call, Cast(lane, vece, to: true));
        }
    }

    private static void PopLanes(in Op op, IlOpContext context, Type[] types)
    {
        if (types[op.Vece] != typeof(byte))
        {
            context.Il.Emit(OpCodes.Call, Cast(types[op.Vece], op.Vece, to: false));
        }

        context.Pop(op.Out0);
    }

    // To lanes of a type from bytes, or back.
    private static MethodInfo Cast(Type lane, int vece, bool to)
    {
        ref MethodInfo? known = ref s_casts[(4 * vece) + (lane == s_signed[vece] ? 2 : 0) + (to ? 1 : 0)];
        return known ??= to ? s_as.MakeGenericMethod(typeof(byte), lane) : s_as.MakeGenericMethod(lane, typeof(byte));
    }

    private static MethodInfo Method(Function function, int vece, Type[] types)
    {
        ref MethodInfo? known = ref s_methods[((int)function * 8) + (2 * vece) + (types == s_signed ? 1 : 0)];
        return known ??= Find(function, types[vece]);
    }

    private static MethodInfo Find(Function function, Type lane)
    {
        string name = function.ToString();
        switch (function)
        {
            case Function.Create:
                return typeof(Vector128).GetMethod(name, [lane])!;
            case Function.ShiftLeft or Function.ShiftRightLogical or Function.ShiftRightArithmetic:
                return typeof(Vector128).GetMethod(name, [typeof(Vector128<>).MakeGenericType(lane), typeof(int)])!;
            default:
                return Generic(name).MakeGenericMethod(lane);
        }
    }

    // Not those of Object.
    private static MethodInfo Generic(string name) => typeof(Vector128).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)!;
}
