using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>
/// Writes TBs of random ops that keep the IR's rules: EBB temps do not cross labels, registers are written at the ends of instructions, and
/// ops that can fault come before them. Constants are not folded away beforehand, so that the optimizer has something to find.
/// </summary>
/// <param name="cpu">Whose context.</param>
/// <param name="floats">With floating-point ops, and registers for them in the vCPU block.</param>
internal sealed class RandomOps(TestVcpu cpu, bool floats = false)
{
    private static readonly Opcode[] Scalars =
        [.. Enum.GetValues<Opcode>().Where(o => OpInfo.Of(o).Has(OpFlags.Semantic))];

    private static readonly Opcode[] Lanes =
        [.. Enum.GetValues<Opcode>().Where(o => OpInfo.Of(o).Has(OpFlags.Lanes) && o is not (Opcode.DupVec or Opcode.LaneGet or Opcode.LaneSet))];

    private Random _random = new(0);
    private readonly List<Temp> _narrow = [];
    private readonly List<Temp> _wide = [];
    private readonly List<Temp> _vectors = [];
    private readonly List<Temp> _singles = [];
    private readonly List<Temp> _doubles = [];
    private readonly List<Temp> _lasting = [];

    private TcgContext Tcg => cpu.Context;

    /// <summary>Fills the context: each instruction is random by a seed of its own, so that one can be left out and the others stay what they are.</summary>
    public void Write(RandomTb tb)
    {
        _random = new Random(tb.Values);
        for (int i = 0; i < 3; i++)
        {
            Temp temp = Tcg.NewTemp(TcgType.I64);
            Tcg.Mov(temp, Tcg.Const(TcgType.I64, Samples.Next(_random)));
            _lasting.Add(temp);
        }

        Label? pending = null;
        for (int i = 0; i < tb.Instructions.Length; i++)
        {
            _random = new Random(tb.Instructions[i]);
            Tcg.InsnStart(0x1000 + ((ulong)i * 4));
            int ops = _random.Next(1, 7);
            for (int k = 0; k < ops; k++)
            {
                Compute();
            }

            if (_random.Next(4) == 0)
            {
                Access();
            }

            Commit();
            if (pending is { } label && _random.Next(3) == 0)
            {
                Tcg.SetLabel(label);
                pending = null;
                Forget();
            }
            else if (pending is null && _random.Next(5) == 0)
            {
                pending = Tcg.NewLabel();
                TcgType type = Type();
                ref Op op = ref Tcg.Append(Opcode.Brcond, type);
                op.Cond = Cond();
                Temp a = Pick(type);
                Temp b = Pick(type);
                op = ref Tcg.Ops[^1];
                (op.In0, op.In1, op.Label) = (a, b, pending.Value);
            }
        }

        if (pending is { } last)
        {
            Tcg.GotoTb(0, 0x8000);
            Tcg.SetLabel(last);
        }

        Tcg.GotoTb(1, 0x9000);
    }

    private void Forget()
    {
        _narrow.Clear();
        _wide.Clear();
        _vectors.Clear();
        _singles.Clear();
        _doubles.Clear();
    }

    private TcgType Type() => _random.Next(2) == 0 ? TcgType.I32 : TcgType.I64;

    private TcgCond Cond() => (TcgCond)_random.Next(14);

    private Temp Pick(TcgType type)
    {
        List<Temp> made = type == TcgType.I32 ? _narrow : _wide;
        switch (_random.Next(6))
        {
            case 0:
                return Tcg.Const(type, Samples.Next(_random));
            case 1:
                return Tcg.Const(type, (ulong)_random.Next(70));
            case 2 when type == TcgType.I64:
                return _lasting[_random.Next(_lasting.Count)];
            case 3 or 4 when made.Count > 0:
                return made[_random.Next(made.Count)];
            default:
                return type == TcgType.I32 ? cpu.NarrowGlobal(_random.Next(6)) : cpu.Global(_random.Next(8));
        }
    }

    private Temp PickVector()
    {
        if (_vectors.Count > 0 && _random.Next(3) != 0)
        {
            return _vectors[_random.Next(_vectors.Count)];
        }

        return _random.Next(3) == 0
            ? Tcg.ConstV128(Samples.Next(_random), Samples.Next(_random))
            : Add(Tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + (_random.Next(4) * 16)));
    }

    private Temp Add(Temp temp)
    {
        (Tcg.TypeOf(temp) switch
        {
            TcgType.I32 => _narrow,
            TcgType.I64 => _wide,
            _ => _vectors,
        }).Add(temp);
        return temp;
    }

    private void Compute()
    {
        if (floats && _random.Next(2) == 0)
        {
            FloatOp();
            return;
        }

        switch (_random.Next(12))
        {
            case 0:
                VectorOp();
                break;
            case 1:
                Add(Tcg.ConcatI64V128(Pick(TcgType.I64), Pick(TcgType.I64)));
                Add(_random.Next(2) == 0 ? Tcg.LoV128I64(PickVector()) : Tcg.HiV128I64(PickVector()));
                break;
            case 2:
                int at = TestVcpu.VectorOffset + (_random.Next(8) * 8);
                Add(_random.Next(4) switch
                {
                    0 => Tcg.Ld8u(TcgType.I64, at),
                    1 => Tcg.Ld16s(TcgType.I64, at),
                    2 => Tcg.Ld32u(TcgType.I64, at),
                    _ => Tcg.Ld(TcgType.I64, at),
                });
                break;
            case 3:
                Add(Tcg.LaneGet(Type(), PickVector(), 2, _random.Next(4)));
                break;
            default:
                ScalarOp(Scalars[_random.Next(Scalars.Length)]);
                break;
        }
    }

    private void ScalarOp(Opcode opcode)
    {
        TcgType type = Type();
        OpInfo info = OpInfo.Of(opcode);
        (TcgType input, TcgType output) = opcode switch
        {
            Opcode.ExtI32I64 or Opcode.ExtuI32I64 => (TcgType.I32, TcgType.I64),
            Opcode.ExtrlI64I32 or Opcode.ExtrhI64I32 => (TcgType.I64, TcgType.I32),
            Opcode.Bswap64 => (TcgType.I64, TcgType.I64),
            Opcode.Setcond or Opcode.Negsetcond or Opcode.Movcond => (Type(), type),
            _ => (type, type),
        };
        Op op = new() { Opcode = opcode, Type = output, Cond = info.HasCond ? Cond() : 0 };
        for (int i = 0; i < info.Inputs; i++)
        {
            op.SetIn(i, Pick(i >= 2 && opcode == Opcode.Movcond ? output : input));
        }

        if (opcode == Opcode.Addcarry)
        {
            op.In2 = Tcg.And(output, op.In2, Tcg.Const(output, 1UL));
        }

        if (info.Immediates > 0)
        {
            int width = type == TcgType.I32 ? 32 : 64;
            op.Imm0 = _random.Next(width);
            op.Imm1 = info.Immediates > 1 ? _random.Next(1, width - (int)op.Imm0 + 1) : 0;
        }

        op.Out0 = Tcg.NewEbbTemp(output);
        Tcg.Append(op);
        Add(op.Out0);
    }

    // Mostly a number of middling size, or else every TB would leave soon.
    private Temp PickFloat(TcgType type)
    {
        if (_random.Next(30) == 0)
        {
            return Pick(type);
        }

        List<Temp> made = type == TcgType.I32 ? _singles : _doubles;
        if (made.Count > 0 && (type == TcgType.I32 || _random.Next(2) == 0))
        {
            return made[_random.Next(made.Count)];
        }

        Temp number = Tcg.Ld(TcgType.I64, TestVcpu.VectorOffset + (_random.Next(8) * 8));
        return AddFloat(type == TcgType.I32 ? Tcg.FCvt64To32(number, FpRounding.Dynamic) : number);
    }

    private Temp AddFloat(Temp temp)
    {
        (Tcg.TypeOf(temp) == TcgType.I32 ? _singles : _doubles).Add(temp);
        return Add(temp);
    }

    private Temp PickFloatVector() => _random.Next(30) == 0 ? PickVector() : Add(Tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + (_random.Next(4) * 16)));

    private void FloatOp()
    {
        const FpRounding Dynamic = FpRounding.Dynamic;
        TcgType type = _random.Next(4) == 0 ? TcgType.I32 : TcgType.I64;
        switch (_random.Next(15))
        {
            case 0 or 1:
                AddFloat(Tcg.FAdd(type, PickFloat(type), PickFloat(type), Dynamic));
                break;
            case 2 or 3:
                AddFloat(Tcg.FMul(type, PickFloat(type), PickFloat(type), Dynamic));
                break;
            case 4:
                AddFloat(Tcg.FSub(type, PickFloat(type), PickFloat(type), Dynamic));
                break;
            case 14:
                AddFloat(Tcg.FMAdd(type, PickFloat(type), PickFloat(type), PickFloat(type), Dynamic));
                break;
            case 5:
                AddFloat(Tcg.FDiv(type, PickFloat(type), PickFloat(type), Dynamic));
                break;
            case 6:
                Temp number = PickFloat(type);
                AddFloat(Tcg.FSqrt(type, Tcg.FMul(type, number, number, Dynamic), Dynamic));
                break;
            case 7:
                Add(Tcg.FCmp(PickFloat(type), PickFloat(type)));
                break;
            case 8:
                AddFloat(Tcg.SI2F(type, Pick(Type()), 0, Dynamic));
                break;
            case 9:
                Add(Tcg.F2SI(TcgType.I64, PickFloat(type), 0, FpRounding.Zero, IntegerOverflow.Indefinite));
                break;
            case 10:
                AddFloat(Tcg.FCvt32To64(PickFloat(TcgType.I32), Dynamic));
                break;
            case 11:
                AddFloat(Tcg.FCvt64To32(PickFloat(TcgType.I64), Dynamic));
                break;
            case 12:
                Add(Tcg.FMulVec(_random.Next(20) == 0 ? 2 : 3, PickFloatVector(), PickFloatVector(), Dynamic));
                break;
            default:
                Add(Tcg.FAddVec(_random.Next(20) == 0 ? 2 : 3, PickFloatVector(), PickFloatVector(), Dynamic));
                break;
        }
    }

    private void VectorOp()
    {
        Opcode opcode = Lanes[_random.Next(Lanes.Length)];
        OpInfo info = OpInfo.Of(opcode);
        Op op = new() { Opcode = opcode, Type = TcgType.V128, Vece = (byte)_random.Next(4), Cond = info.HasCond ? Cond() : 0 };
        for (int i = 0; i < info.Inputs; i++)
        {
            op.SetIn(i, PickVector());
        }

        if (info.Immediates > 0)
        {
            op.Imm0 = _random.Next(8 << op.Vece);
        }

        op.Out0 = Tcg.NewEbbTemp(TcgType.V128);
        Tcg.Append(op);
        Add(op.Out0);
    }

    /// <summary>A guest access, mostly inside the memory, now and then outside.</summary>
    private void Access()
    {
        Temp address = Tcg.And(TcgType.I64, Pick(TcgType.I64), Tcg.Const(TcgType.I64, 0x7FF8UL));
        address = Tcg.Add(TcgType.I64, address, Tcg.Const(TcgType.I64, _random.Next(20) == 0 ? 0x10_0000UL : (ulong)_random.Next(0x4000)));
        var size = (MemOp)_random.Next(4);
        MemOp order = _random.Next(4) == 0 ? MemOp.Acquire : 0;
        switch (_random.Next(5))
        {
            case 0:
                Tcg.QemuSt(TcgType.I64, Pick(TcgType.I64), address, _random.Next(64), size);
                break;
            case 1:
                Tcg.QemuSt(TcgType.V128, PickVector(), address, _random.Next(64), MemOp.Size128);
                break;
            case 2:
                Add(Tcg.QemuLd(TcgType.I32, address, _random.Next(64), (MemOp)_random.Next(3) | (_random.Next(2) == 0 ? MemOp.Sign : 0)));
                break;
            case 3:
                Add(Tcg.AtomicFetchAdd(TcgType.I64, address, Pick(TcgType.I64), size));
                break;
            default:
                Add(Tcg.QemuLd(TcgType.I64, address, _random.Next(64), size | order | (_random.Next(2) == 0 ? MemOp.Sign : 0)));
                break;
        }
    }

    private void Commit()
    {
        if (floats && _random.Next(2) == 0)
        {
            TcgType type = _random.Next(8) == 0 ? TcgType.I32 : TcgType.I64;
            Tcg.St(type, PickFloat(type), TestVcpu.VectorOffset + (_random.Next(8) * 8));
        }

        int writes = _random.Next(4);
        for (int i = 0; i < writes; i++)
        {
            switch (_random.Next(floats ? 12 : 6))
            {
                case 0:
                    Tcg.Mov(cpu.NarrowGlobal(_random.Next(6)), Pick(TcgType.I32));
                    break;
                case 1:
                    Tcg.Mov(_lasting[_random.Next(_lasting.Count)], Pick(TcgType.I64));
                    break;
                case 2:
                    Tcg.St(TcgType.V128, PickVector(), TestVcpu.VectorOffset + (_random.Next(4) * 16));
                    break;
                case 3:
                    Tcg.St32(TcgType.I64, Pick(TcgType.I64), TestVcpu.VectorOffset + (_random.Next(16) * 4));
                    break;
                default:
                    Tcg.Mov(cpu.Global(_random.Next(8)), Pick(TcgType.I64));
                    break;
            }
        }
    }
}
