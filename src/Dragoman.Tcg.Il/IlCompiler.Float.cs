using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Floating-point arithmetic of the guest's rounding direction: the host's instruction and a test of its result, as <see cref="FloatFast"/> says when that is exact. RyuJIT
/// does not inline in methods as large as regions, and would carry every operand through an integer register.
/// </summary>
internal sealed unsafe partial class IlCompiler
{
    private const ulong RoundingField = 0xFF;
    private const int FlushFields = 0xFFFF00;
    private const ulong InexactBit = (ulong)FpExceptions.Inexact << 40;

    private static readonly int s_fp = OffsetOf(nameof(VcpuHeader.Fp));
    private static readonly MethodInfo s_toDouble = typeof(BitConverter).GetMethod(nameof(BitConverter.Int64BitsToDouble))!;
    private static readonly MethodInfo s_ofDouble = typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits))!;
    private static readonly MethodInfo s_toSingle = typeof(BitConverter).GetMethod(nameof(BitConverter.Int32BitsToSingle))!;
    private static readonly MethodInfo s_ofSingle = typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToInt32Bits))!;
    private static readonly MethodInfo s_sqrt64 = typeof(Math).GetMethod(nameof(Math.Sqrt))!;
    private static readonly MethodInfo s_fused64 = typeof(Math).GetMethod(nameof(Math.FusedMultiplyAdd))!;
    private static readonly MethodInfo s_fused32 = typeof(MathF).GetMethod(nameof(MathF.FusedMultiplyAdd))!;
    private static readonly MethodInfo s_sqrt32 = typeof(MathF).GetMethod(nameof(MathF.Sqrt))!;

    // Temps' values as double or float, where a floating-point op has made them or only such ops read them; null for others.
    private LocalBuilder?[] _floats = [];
    private int[] _floatUses = [];
    private int[] _writes = [];

    // 1 while the host's rounding is the guest's and no new Inexact can be missed; null when no op asks.
    private LocalBuilder? _hostRounds;

    private static bool IsHostFloat(in Op op) => op.Opcode switch
    {
        Opcode.Fadd or Opcode.Fsub or Opcode.Fmul or Opcode.Fdiv or Opcode.Fsqrt or Opcode.Fmadd => op.Imm0 == (long)FpRounding.Dynamic,
        Opcode.Fcmp or Opcode.Fcmps => true,
        _ => false,
    };

    private void CountFloatUses()
    {
        bool asks = false;
        _floats = new LocalBuilder?[_tcg.TempCount];
        _floatUses = new int[_tcg.TempCount];
        _writes = new int[_tcg.TempCount];
        foreach (ref readonly Op op in _tcg.Ops)
        {
            if (op.Out0.IsValid)
            {
                _writes[op.Out0.Index]++;
            }

            asks |= IsHostFloatLanes(op);
            if (IsHostFloat(op) || IsHostConversion(op))
            {
                asks |= op.Opcode is not (Opcode.Fcmp or Opcode.Fcmps) && !IsAlwaysExact(op);
                if (op.Opcode == Opcode.Si2f)
                {
                    continue;
                }

                int inputs = op.InputCount;
                for (int i = 0; i < inputs; i++)
                {
                    _floatUses[op.In(i).Index]++;
                }
            }
            else if (StoresWhole(op))
            {
                _floatUses[op.In0.Index]++;
            }
            else if (op.Opcode == Opcode.ConcatI64V128)
            {
                _floatUses[op.In0.Index]++;
                _floatUses[op.In1.Index]++;
            }
        }

        _hostRounds = asks ? _il.DeclareLocal(typeof(int)) : null;
    }

    /// <summary>After an op that may have changed the floating-point environment, and at the start.</summary>
    private void FindHostRounding()
    {
        if (_hostRounds is null)
        {
            return;
        }

        PushEnv(s_fp);
        _il.Emit(OpCodes.Ldind_I8);
        PushLong(RoundingField | FlushFields | InexactBit);
        _il.Emit(OpCodes.And);
        PushLong(InexactBit);
        _il.Emit(OpCodes.Ceq);
        _il.Emit(OpCodes.Stloc, _hostRounds);
    }

    private bool ChangesFloatEnvironment(in Op op) => op.Opcode switch
    {
        Opcode.Call => (op.Helper!.Flags & HelperFlags.Pure) == 0,
        Opcode.St or Opcode.St8 or Opcode.St16 or Opcode.St32 => op.Imm0 < s_fp + 8 && op.Imm0 + 16 > s_fp,
        _ => false,
    };

    // A store takes a number from a floating-point register as well.
    private bool StoresWhole(in Op op) => op.Opcode switch
    {
        Opcode.St => _tcg.TypeOf(op.In0) != TcgType.V128,
        Opcode.QemuSt => _request.SoftMmuPageBits == 0 && ((MemOp)op.Imm1 & (MemOp.SizeMask | MemOp.ByteSwap)) == (_tcg.TypeOf(op.In0) == TcgType.I64 ? MemOp.Size64 : MemOp.Size32),
        _ => false,
    };

    // Such a temp has one value, and its local stays what it is.
    private bool HasOneValue(Temp temp) => _tcg.Info(temp).Kind == TempKind.Ebb && _writes[temp.Index] == 1;

    /// <summary>Whether a load's result is wanted in a floating-point register alone; the local it then goes to.</summary>
    private bool IsFloatOnly(Temp temp, out LocalBuilder? local)
    {
        local = null;
        if (!IsFloatOnly(temp))
        {
            return false;
        }

        local = _floats[temp.Index] = DeclareFloat(temp);
        return true;
    }

    private bool IsFloatOnly(Temp temp) =>
        _floatUses[temp.Index] != 0 && _floatUses[temp.Index] == _uses[temp.Index] && HasOneValue(temp) && _tcg.TypeOf(temp) != TcgType.V128;

    private LocalBuilder DeclareFloat(Temp temp) => _il.DeclareLocal(_tcg.TypeOf(temp) == TcgType.I64 ? typeof(double) : typeof(float));

    /// <summary>Emits arithmetic, conversions and comparisons that the host does; false for others.</summary>
    private bool EmitFloat(in Op op)
    {
        bool converts = IsHostConversion(op);
        bool isLanes = IsHostFloatLanes(op);
        if (!converts && !isLanes && !IsHostFloat(op))
        {
            return false;
        }

        // Where they are read once more on the cold path, nothing is borrowed any more.
        int inputs = op.InputCount;
        for (int i = 0; i < inputs; i++)
        {
            if (_floats[op.In(i).Index] is null)
            {
                Push(op.In(i));
                _il.Emit(OpCodes.Pop);
            }
        }

        if (op.Opcode is Opcode.Fcmp or Opcode.Fcmps)
        {
            EmitFloatCompare(op);
        }
        else if (converts)
        {
            EmitFloatConversion(op);
        }
        else if (isLanes)
        {
            EmitFloatLanes(op);
        }
        else
        {
            EmitFloatArithmetic(op);
        }

        return true;
    }

    private void EmitFloatArithmetic(Op op)
    {
        bool wide = op.Type == TcgType.I64;
        bool leaves = MayLeave;
        IlLabel exact = _il.DefineLabel();
        IlLabel unsettled = exact;
        IlLabel done = _il.DefineLabel();
        LocalBuilder result = DeclareFloat(op.Out0);
        LocalBuilder bits = _il.DeclareLocal(wide ? typeof(long) : typeof(int));
        if (leaves)
        {
            AddLeave(exact);
        }

        if (leaves && op.Opcode is Opcode.Fmul or Opcode.Fdiv or Opcode.Fmadd)
        {
            unsettled = _il.DefineLabel();
            AddZeroTest(op, bits, unsettled, exact, done);
        }

        EmitRoundingTest(exact, leaves);
        if (op.Opcode == Opcode.Fsqrt)
        {
            PushFloat(op.In0);
            _il.Emit(OpCodes.Call, wide ? s_sqrt64 : s_sqrt32);
        }
        else if (op.Opcode == Opcode.Fmadd)
        {
            PushFloat(op.In1);
            PushFloat(op.In2);
            PushFloat(op.In0);
            _il.Emit(OpCodes.Call, wide ? s_fused64 : s_fused32);
        }
        else
        {
            PushFloat(op.In0);
            PushFloat(op.In1);
            _il.Emit(op.Opcode switch { Opcode.Fadd => OpCodes.Add, Opcode.Fsub => OpCodes.Sub, Opcode.Fmul => OpCodes.Mul, _ => OpCodes.Div });
        }

        TakeBits(result, bits, wide);
        EmitResultTest(bits, wide, op.Opcode is Opcode.Fadd or Opcode.Fsub or Opcode.Fsqrt, unsettled);
        _il.MarkLabel(done);
        TakeFloatResult(op.Out0, result, bits);
        if (leaves)
        {
            return;
        }

        string name = op.Opcode switch { Opcode.Fadd => "Add", Opcode.Fsub => "Subtract", Opcode.Fmul => "Multiply", Opcode.Fdiv => "Divide", Opcode.Fmadd => "MultiplyAdd", _ => "Sqrt" };
        MethodInfo method = OpMethods.ExactFloat(name, wide);
        _cold.Add(() =>
        {
            _il.MarkLabel(exact);
            for (int i = 0; i < op.InputCount; i++)
            {
                PushBits(op.In(i));
            }

            _il.Emit(OpCodes.Ldc_I4, (int)FpRounding.Dynamic);
            PushEnv(s_fp);
            _il.Emit(OpCodes.Call, method);
            ComeBackWith(result, bits, wide, done);
        });
    }

    // A product with a zero, alone or added to zero, and a zero divided, are zero for good; what else gives zero may have underflowed, or been divided by infinity.
    private void AddZeroTest(Op op, LocalBuilder bits, IlLabel unsettled, IlLabel exact, IlLabel done) => _cold.Add(() =>
    {
        _il.MarkLabel(unsettled);
        PushMagnitude(bits);
        _il.Emit(OpCodes.Brtrue, exact);
        Temp first = op.In0, second = op.In1;
        if (op.Opcode == Opcode.Fmadd)
        {
            PushMagnitude(op.In0);
            _il.Emit(OpCodes.Brtrue, exact);
            (first, second) = (op.In1, op.In2);
        }

        PushMagnitude(first);
        _il.Emit(OpCodes.Brfalse, done);
        if (op.Opcode != Opcode.Fdiv)
        {
            PushMagnitude(second);
            _il.Emit(OpCodes.Brfalse, done);
        }

        _il.Emit(OpCodes.Br, exact);
    });

    // Bits without their sign, twice as large.
    private void PushMagnitude(LocalBuilder bits)
    {
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Ldloc, bits);
        _il.Emit(OpCodes.Add);
    }

    private void PushMagnitude(Temp temp)
    {
        PushBits(temp);
        _il.Emit(OpCodes.Ldc_I4, _tcg.TypeOf(temp) == TcgType.I64 ? 1 : 33);
        _il.Emit(OpCodes.Shl);
    }

    // NZCV as Arm has it: 8 for less, 2 for greater, 6 for equal; a NaN, and denormals that are flushed, are for the exact code.
    private void EmitFloatCompare(Op op)
    {
        IlLabel exact = _il.DefineLabel();
        IlLabel same = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        LocalBuilder flags = _il.DeclareLocal(typeof(int));
        bool leaves = MayLeave;
        if (leaves)
        {
            AddLeave(exact);
        }

        if (!_hostRoundsHere)
        {
            PushEnv(s_fp);
            _il.Emit(OpCodes.Ldind_I4);
            _il.Emit(OpCodes.Ldc_I4, FlushFields);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brtrue, exact);
        }

        PushFloat(op.In0);
        PushFloat(op.In1);
        _il.Emit(OpCodes.Clt);
        _il.Emit(OpCodes.Stloc, flags);
        PushFloat(op.In0);
        PushFloat(op.In1);
        _il.Emit(OpCodes.Cgt);
        _il.Emit(OpCodes.Ldloc, flags);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Brfalse, same);
        _il.Emit(OpCodes.Ldloc, flags);
        _il.Emit(OpCodes.Ldc_I4_6);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Ldc_I4_2);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, flags);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, flags);
        Pop(op.Out0);

        string width = _tcg.TypeOf(op.In0) == TcgType.I64 ? "64" : "32";
        MethodInfo method = OpMethods.Float((op.Opcode == Opcode.Fcmp ? "FCmp" : "FCmpS") + width);
        _cold.Add(() =>
        {
            _il.MarkLabel(same);
            PushFloat(op.In0);
            PushFloat(op.In1);
            _il.Emit(OpCodes.Bne_Un, exact);
            _il.Emit(OpCodes.Ldc_I4_6);
            _il.Emit(OpCodes.Stloc, flags);
            _il.Emit(OpCodes.Br, done);
            if (leaves)
            {
                return;
            }

            _il.MarkLabel(exact);
            PushEnv();
            PushBits(op.In0);
            PushBits(op.In1);
            _il.Emit(OpCodes.Call, method);
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Stloc, flags);
            _il.Emit(OpCodes.Br, done);
        });
    }

    // An operand's value, on the way of its op or on the cold path off it.
    private void PushFloat(Temp temp)
    {
        if (_floats[temp.Index] is { } local)
        {
            _il.Emit(OpCodes.Ldloc, local);
            return;
        }

        PushAgain(temp);
        _il.Emit(OpCodes.Call, _tcg.TypeOf(temp) == TcgType.I64 ? s_toDouble : s_toSingle);
    }

    // An operand's bits as ulong, likewise.
    private void PushBits(Temp temp)
    {
        bool wide = _tcg.TypeOf(temp) == TcgType.I64;
        if (_floats[temp.Index] is { } local)
        {
            _il.Emit(OpCodes.Ldloc, local);
            _il.Emit(OpCodes.Call, wide ? s_ofDouble : s_ofSingle);
        }
        else
        {
            PushAgain(temp);
        }

        if (!wide)
        {
            _il.Emit(OpCodes.Conv_U8);
        }
    }

    private void PushAgain(Temp temp)
    {
        if (_tcg.IsConst(temp))
        {
            Push(temp);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, LocalOf(temp));
        }
    }
}
