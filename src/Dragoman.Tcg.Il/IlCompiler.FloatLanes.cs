using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>Floating-point arithmetic on lanes: the host's instruction and one test of all lanes of its result; see <see cref="EmitFloatArithmetic"/>.</summary>
internal sealed unsafe partial class IlCompiler
{
    private static bool IsHostFloatLanes(in Op op) =>
        op.Opcode is Opcode.FaddVec or Opcode.FsubVec or Opcode.FmulVec or Opcode.FdivVec && op.Imm0 == (long)FpRounding.Dynamic;

    private void EmitFloatLanes(Op op)
    {
        bool wide = op.Vece == 3;
        FloatLaneMethods methods = FloatLaneMethods.Of(wide);
        IlLabel exact = _il.DefineLabel();
        IlLabel unsettled = exact;
        IlLabel done = _il.DefineLabel();
        LocalBuilder result = _il.DeclareLocal(typeof(Vector128<byte>));
        bool leaves = MayLeave;
        if (leaves)
        {
            AddLeave(exact);
        }

        if (leaves && op.Opcode is Opcode.FmulVec or Opcode.FdivVec)
        {
            unsettled = _il.DefineLabel();
            AddZeroTest(op, result, wide, unsettled, exact, done);
        }

        EmitRoundingTest(exact, leaves);
        PushAgain(op.In0);
        _il.Emit(OpCodes.Call, methods.OfBytes);
        PushAgain(op.In1);
        _il.Emit(OpCodes.Call, methods.OfBytes);
        _il.Emit(OpCodes.Call, op.Opcode switch { Opcode.FaddVec => methods.Add, Opcode.FsubVec => methods.Subtract, Opcode.FmulVec => methods.Multiply, _ => methods.Divide });
        _il.Emit(OpCodes.Call, methods.ToBytes);
        _il.Emit(OpCodes.Stloc, result);
        if (op.Opcode is Opcode.FaddVec or Opcode.FsubVec)
        {
            EmitFiniteTest(result, wide, methods, exact);
        }
        else
        {
            PushPlainLanes(result, wide, methods);
            LeaveUnlessAll(wide, unsettled);
        }

        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);
        Pop(op.Out0);
        if (leaves)
        {
            return;
        }

        string name = op.Opcode switch { Opcode.FaddVec => "FAddVec", Opcode.FsubVec => "FSubVec", Opcode.FmulVec => "FMulVec", _ => "FDivVec" };
        MethodInfo method = OpMethods.Float(name + (wide ? "64" : "32"));
        _cold.Add(() =>
        {
            _il.MarkLabel(exact);
            PushEnv();
            PushAgain(op.In0);
            PushAgain(op.In1);
            PushLong((ulong)FpRounding.Dynamic);
            _il.Emit(OpCodes.Call, method);
            _il.Emit(OpCodes.Stloc, result);
            FindHostRounding();
            _il.Emit(OpCodes.Br, done);
        });
    }

    // |x| < infinity: not so for infinities and NaNs. As integers, which report no denormal (HostDenormals).
    private void EmitFiniteTest(LocalBuilder result, bool wide, FloatLaneMethods methods, IlLabel exact)
    {
        ulong magnitude = Lanes(wide, long.MaxValue, int.MaxValue);
        ulong infinity = Lanes(wide, 0x7FF0_0000_0000_0000, 0x7F80_0000);
        _il.Emit(OpCodes.Ldloc, result);
        VectorEmission.Constant(_il, magnitude, magnitude);
        _il.Emit(OpCodes.Call, methods.And);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        VectorEmission.Constant(_il, infinity, infinity);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        _il.Emit(OpCodes.Call, methods.LessThanInteger);
        _il.Emit(OpCodes.Call, methods.IntegerSignBits);
        LeaveUnlessAll(wide, exact);
    }

    // Likewise, and larger than the least normal number: the magnitude as an integer, moved so that one signed comparison shows both.
    private void PushPlainLanes(LocalBuilder result, bool wide, FloatLaneMethods methods)
    {
        ulong magnitude = Lanes(wide, long.MaxValue, int.MaxValue);
        ulong offset = Lanes(wide, (1UL << 63) - 0x0010_0000_0000_0001, (1U << 31) - 0x0080_0001);
        ulong end = Lanes(wide, (1UL << 63) + 0x7FF0_0000_0000_0000 - 0x0010_0000_0000_0001, (1U << 31) + 0x7F80_0000 - 0x0080_0001);
        _il.Emit(OpCodes.Ldloc, result);
        VectorEmission.Constant(_il, magnitude, magnitude);
        _il.Emit(OpCodes.Call, methods.And);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        VectorEmission.Constant(_il, offset, offset);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        _il.Emit(OpCodes.Call, methods.AddIntegers);
        VectorEmission.Constant(_il, end, end);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        _il.Emit(OpCodes.Call, methods.LessThanInteger);
        _il.Emit(OpCodes.Call, methods.IntegerSignBits);
    }

    // As of numbers alone: a lane may also be a product with a zero, or a zero divided.
    private void AddZeroTest(Op op, LocalBuilder result, bool wide, IlLabel unsettled, IlLabel exact, IlLabel done) => _cold.Add(() =>
    {
        FloatLaneMethods methods = FloatLaneMethods.Of(wide);
        _il.MarkLabel(unsettled);
        PushPlainLanes(result, wide, methods);
        _il.Emit(OpCodes.Ldloc, result);
        TakeZeroLanes(wide, methods);
        PushAgain(op.In0);
        TakeZeroLanes(wide, methods);
        if (op.Opcode == Opcode.FmulVec)
        {
            PushAgain(op.In1);
            TakeZeroLanes(wide, methods);
            _il.Emit(OpCodes.Or);
        }

        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Or);
        LeaveUnlessAll(wide, exact);
        _il.Emit(OpCodes.Br, done);
    });

    // Of the vector on the stack a bit for each lane that is zero.
    private void TakeZeroLanes(bool wide, FloatLaneMethods methods)
    {
        ulong magnitude = Lanes(wide, long.MaxValue, int.MaxValue);
        VectorEmission.Constant(_il, magnitude, magnitude);
        _il.Emit(OpCodes.Call, methods.And);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        VectorEmission.Constant(_il, 0, 0);
        _il.Emit(OpCodes.Call, methods.IntegersOfBytes);
        _il.Emit(OpCodes.Call, methods.EqualIntegers);
        _il.Emit(OpCodes.Call, methods.IntegerSignBits);
    }

    private void LeaveUnlessAll(bool wide, IlLabel exact)
    {
        _il.Emit(OpCodes.Ldc_I4, wide ? 0b11 : 0b1111);
        _il.Emit(OpCodes.Bne_Un, exact);
    }

    private static ulong Lanes(bool wide, ulong value64, uint value32) => wide ? value64 : ((ulong)value32 << 32) | value32;
}
