using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Floating-point registers of the guest lie in the vCPU block, where each write goes at once. Those that a method's hot code computes with have a local beside it that always holds the same,
/// across labels too: reading one takes no load, which would wait for the store before it. Not where the exact code is called: no host register outlives a call.
/// </summary>
internal sealed unsafe partial class IlCompiler
{
    /// <summary>Registers that get such a local: half of the host's, the others are for what is computed.</summary>
    private const int MostSlots = 8;

    private static readonly MethodInfo s_lowDouble = Element(typeof(double));
    private static readonly MethodInfo s_lowSingle = Element(typeof(float));
    private static readonly MethodInfo s_asDoubles = As(typeof(double));
    private static readonly MethodInfo s_asSingles = As(typeof(float));

    // Offset from env, and type.
    private readonly Dictionary<(int Offset, TcgType Type), LocalBuilder> _slots = [];

    private static MethodInfo Element(Type lane) => typeof(Vector128).GetMethod(nameof(Vector128.GetElement))!.MakeGenericMethod(lane);

    private static MethodInfo As(Type lane) => typeof(Vector128).GetMethod(nameof(Vector128.As))!.MakeGenericMethod(typeof(byte), lane);

    private void ChooseSlots()
    {
        if (_mayLeave.Length == 0 || _tcg.LabelCount == 0)
        {
            return;
        }

        Dictionary<(int Offset, TcgType Type), double> reads = [];
        double weight = 1;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            if (op.Opcode == Opcode.SetLabel && _request.LabelWeights is { } weights && op.Label.Index < weights.Count)
            {
                weight = Math.Max(1, weights[op.Label.Index]);
            }
            else if (op.Opcode == Opcode.Ld && op.Imm0 >= VcpuHeader.GuestState && IsFloatOnly(op.Out0))
            {
                (int, TcgType) slot = ((int)op.Imm0, op.Type);
                reads[slot] = reads.GetValueOrDefault(slot) + weight;
            }
        }

        while (_slots.Count < MostSlots && reads.Count > 0)
        {
            (int Offset, TcgType Type) best = default;
            double most = 0;
            foreach (((int Offset, TcgType Type) slot, double count) in reads)
            {
                if (count > most || (count == most && slot.Offset < best.Offset))
                {
                    (best, most) = (slot, count);
                }
            }

            reads.Remove(best);
            if (!IsRegister(best.Offset, SlotBytes(best.Type)))
            {
                _slots.Add(best, _il.DeclareLocal(best.Type == TcgType.I64 ? typeof(double) : typeof(float)));
            }
        }
    }

    private bool IsRegister(int offset, int bytes)
    {
        foreach (GlobalInfo global in _tcg.Globals)
        {
            if (global.Offset < offset + bytes && offset < global.Offset + SlotBytes(global.Type))
            {
                return true;
            }
        }

        return false;
    }

    private static int SlotBytes(TcgType type) => type switch { TcgType.I32 => 4, TcgType.I64 => 8, _ => 16 };

    private void LoadSlots()
    {
        foreach (((int offset, TcgType type), LocalBuilder local) in _slots)
        {
            LoadSlot(offset, type, local);
        }
    }

    private void LoadSlot(int offset, TcgType type, LocalBuilder local)
    {
        PushEnv(offset);
        _il.Emit(type == TcgType.I64 ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
        _il.Emit(OpCodes.Stloc, local);
    }

    /// <summary>Pushes the number at an offset of the block.</summary>
    private void PushSlot(int offset, TcgType type)
    {
        if (_slots.TryGetValue((offset, type), out LocalBuilder? local))
        {
            _il.Emit(OpCodes.Ldloc, local);
            return;
        }

        PushEnv(offset);
        _il.Emit(type == TcgType.I64 ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
    }

    /// <summary>Behind <paramref name="op"/>: what it has written of the block goes into the locals beside it.</summary>
    private void FollowSlots(in Op op)
    {
        if (_slots.Count == 0)
        {
            return;
        }

        if (op.Opcode == Opcode.Call)
        {
            if ((op.Helper!.Flags & HelperFlags.WritesState) != 0)
            {
                LoadSlots();
            }

            return;
        }

        if (!OpInfo.Of(op.Opcode).Has(OpFlags.WritesEnv) || op.Opcode == Opcode.Clrex)
        {
            return;
        }

        int start = (int)op.Imm0;
        int bytes = op.Opcode switch { Opcode.St8 => 1, Opcode.St16 => 2, Opcode.St32 => 4, _ => SlotBytes(_tcg.TypeOf(op.In0)) };
        foreach (((int offset, TcgType type), LocalBuilder local) in _slots)
        {
            if (offset >= start + bytes || start >= offset + SlotBytes(type))
            {
                continue;
            }

            if (op.Opcode == Opcode.St && offset >= start && offset + SlotBytes(type) <= start + bytes && (offset - start) % SlotBytes(type) == 0
                && (_tcg.TypeOf(op.In0) == TcgType.V128 || _tcg.TypeOf(op.In0) == type))
            {
                PushStored(op.In0, type, (offset - start) / SlotBytes(type));
                _il.Emit(OpCodes.Stloc, local);
            }
            else
            {
                LoadSlot(offset, type, local);
            }
        }
    }

    // The number in one place of a temp that has just been stored.
    private void PushStored(Temp value, TcgType type, int lane)
    {
        bool wide = type == TcgType.I64;
        if (_tcg.TypeOf(value) != TcgType.V128)
        {
            PushFloat(value);
        }
        else if (_tcg.IsConst(value))
        {
            ref readonly TempInfo info = ref _tcg.Info(value);
            if (wide)
            {
                _il.Emit(OpCodes.Ldc_I8, (long)(lane == 0 ? info.Value : info.ValueHigh));
                _il.Emit(OpCodes.Call, s_toDouble);
            }
            else
            {
                _il.Emit(OpCodes.Ldc_I4, (int)((lane < 2 ? info.Value : info.ValueHigh) >> (32 * (lane & 1))));
                _il.Emit(OpCodes.Call, s_toSingle);
            }
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, LocalOf(value));
            _il.Emit(OpCodes.Call, wide ? s_asDoubles : s_asSingles);
            _il.Emit(OpCodes.Ldc_I4, lane);
            _il.Emit(OpCodes.Call, wide ? s_lowDouble : s_lowSingle);
        }
    }
}
