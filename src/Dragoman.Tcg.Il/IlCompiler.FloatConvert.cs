using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>Conversions between integers and the two formats that the host has, as far as its answer is exact; see <see cref="EmitFloatArithmetic"/>.</summary>
internal sealed unsafe partial class IlCompiler
{
    private static readonly MethodInfo s_scalar64 = typeof(Vector128).GetMethod(nameof(Vector128.CreateScalarUnsafe), [typeof(double)])!;
    private static readonly MethodInfo s_scalar32 = typeof(Vector128).GetMethod(nameof(Vector128.CreateScalarUnsafe), [typeof(float)])!;
    private static readonly MethodInfo s_truncate64 = typeof(Sse2.X64).GetMethod(nameof(Sse2.X64.ConvertToInt64WithTruncation), [typeof(Vector128<double>)])!;
    private static readonly MethodInfo s_truncate32 = typeof(Sse.X64).GetMethod(nameof(Sse.X64.ConvertToInt64WithTruncation), [typeof(Vector128<float>)])!;

    private bool IsHostConversion(in Op op) => op.Opcode switch
    {
        Opcode.Fcvt32to64 => true,
        Opcode.Fcvt64to32 => op.Imm0 == (long)FpRounding.Dynamic,
        Opcode.Si2f => op.Imm0 == 0 && op.Imm1 == (long)FpRounding.Dynamic,
        Opcode.F2si => op.Imm0 == 0 && op.Imm1 == (long)FpRounding.Zero && Sse2.X64.IsSupported,
        _ => false,
    };

    // A signed 32-bit integer is a binary64 number, whatever the direction.
    private bool IsAlwaysExact(in Op op) => op.Opcode == Opcode.Si2f && _tcg.TypeOf(op.In0) == TcgType.I32 && _tcg.TypeOf(op.Out0) == TcgType.I64;

    private void EmitFloatConversion(Op op)
    {
        if (op.Opcode == Opcode.F2si)
        {
            EmitTruncation(op);
            return;
        }

        bool wide = _tcg.TypeOf(op.Out0) == TcgType.I64;
        bool isExact = IsAlwaysExact(op);
        IlLabel exact = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        LocalBuilder result = DeclareFloat(op.Out0);
        LocalBuilder bits = _il.DeclareLocal(wide ? typeof(long) : typeof(int));
        bool leaves = MayLeave && !isExact;
        if (leaves)
        {
            AddLeave(exact);
        }

        if (!isExact)
        {
            EmitRoundingTest(exact, leaves);
        }

        if (op.Opcode == Opcode.Si2f)
        {
            PushAgain(op.In0);
        }
        else
        {
            PushFloat(op.In0);
        }

        _il.Emit(wide ? OpCodes.Conv_R8 : OpCodes.Conv_R4);
        TakeBits(result, bits, wide);
        if (op.Opcode != Opcode.Si2f)
        {
            EmitResultTest(bits, wide, isExactWhenSmall: op.Opcode == Opcode.Fcvt32to64, exact);
        }

        _il.MarkLabel(done);
        TakeFloatResult(op.Out0, result, bits);
        if (isExact || leaves)
        {
            return;
        }

        MethodInfo method = OpMethods.Float(op.Opcode switch { Opcode.Fcvt32to64 => "FCvt32To64", Opcode.Fcvt64to32 => "FCvt64To32", _ => wide ? "SI2F64" : "SI2F32" });
        _cold.Add(() =>
        {
            _il.MarkLabel(exact);
            PushEnv();
            PushBits(op.In0);
            if (op.Opcode == Opcode.Si2f)
            {
                PushLong(_tcg.TypeOf(op.In0) == TcgType.I64 ? 64UL : 32);
                PushLong(0);
            }

            PushLong((ulong)FpRounding.Dynamic);
            _il.Emit(OpCodes.Call, method);
            ComeBackWith(result, bits, wide, done);
        });
    }

    // Toward zero. What does not fit, and a NaN, give the host's most negative integer, which is for the exact code.
    private void EmitTruncation(Op op)
    {
        bool fromWide = _tcg.TypeOf(op.In0) == TcgType.I64;
        bool toWide = _tcg.TypeOf(op.Out0) == TcgType.I64;
        IlLabel exact = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        LocalBuilder integer = _il.DeclareLocal(typeof(long));
        bool leaves = MayLeave;
        if (leaves)
        {
            AddLeave(exact);
        }

        EmitRoundingTest(exact, leaves);
        PushFloat(op.In0);
        _il.Emit(OpCodes.Call, fromWide ? s_scalar64 : s_scalar32);
        _il.Emit(OpCodes.Call, fromWide ? s_truncate64 : s_truncate32);
        _il.Emit(OpCodes.Stloc, integer);
        _il.Emit(OpCodes.Ldloc, integer);
        if (toWide)
        {
            PushLong(1UL << 63);
            _il.Emit(OpCodes.Beq, exact);
        }
        else
        {
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Ldloc, integer);
            _il.Emit(OpCodes.Bne_Un, exact);
        }

        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, integer);
        PopNarrow(op.Out0);
        if (leaves)
        {
            return;
        }

        MethodInfo method = OpMethods.Float(fromWide ? "F2SI64" : "F2SI32");
        _cold.Add(() =>
        {
            _il.MarkLabel(exact);
            PushEnv();
            PushBits(op.In0);
            PushLong(toWide ? 64UL : 32);
            PushLong(0);
            PushLong((ulong)FpRounding.Zero);
            PushLong((ulong)op.Imm2);
            _il.Emit(OpCodes.Call, method);
            _il.Emit(OpCodes.Stloc, integer);
            FindHostRounding();
            _il.Emit(OpCodes.Br, done);
        });
    }

    // A result on the stack into its local, and its bits into theirs.
    private void TakeBits(LocalBuilder result, LocalBuilder bits, bool wide)
    {
        _il.Emit(OpCodes.Stloc, result);
        _il.Emit(OpCodes.Ldloc, result);
        _il.Emit(OpCodes.Call, wide ? s_ofDouble : s_ofSingle);
        _il.Emit(OpCodes.Stloc, bits);
    }

    // All ones in the exponent is an infinity or NaN. A product, quotient or such of exponent 0 or 1 may have underflowed.
    private void EmitResultTest(LocalBuilder bits, bool wide, bool isExactWhenSmall, IlLabel exact)
    {
        int fraction = wide ? 53 : 24;
        int ones = wide ? 0x7FF : 0xFF;
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldc_I4, fraction);
        _il.Emit(OpCodes.Shr_Un);
        if (wide)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        if (!isExactWhenSmall)
        {
            _il.Emit(OpCodes.Ldc_I4_2);
            _il.Emit(OpCodes.Sub);
        }

        _il.Emit(OpCodes.Ldc_I4, isExactWhenSmall ? ones : ones - 2);
        _il.Emit(isExactWhenSmall ? OpCodes.Beq : OpCodes.Bge_Un, exact);
    }

    private void TakeFloatResult(Temp target, LocalBuilder result, LocalBuilder bits)
    {
        _il.Emit(OpCodes.Ldloc, bits);
        Pop(target);
        if (HasOneValue(target))
        {
            _floats[target.Index] = result;
        }
    }

    // On the cold path, with the exact code's answer on the stack.
    private void ComeBackWith(LocalBuilder result, LocalBuilder bits, bool wide, IlLabel done)
    {
        if (!wide)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        _il.Emit(OpCodes.Stloc, bits);
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Call, wide ? s_toDouble : s_toSingle);
        _il.Emit(OpCodes.Stloc, result);
        FindHostRounding();
        _il.Emit(OpCodes.Br, done);
    }
}
