using Dragoman.Tcg.Helpers;

namespace Dragoman.Tcg.Ir;

/// <summary>
/// One op of a TB. Which fields count is the op table's business (<see cref="OpInfo"/>): operands fill
/// <see cref="Out0"/> and <see cref="In0"/>... in the table's order, immediates <see cref="Imm0"/>... likewise.
/// </summary>
public struct Op
{
    public Opcode Opcode;

    /// <summary>The type <c>t</c> of a type-generic op; for calls the type of the result.</summary>
    public TcgType Type;

    /// <summary>Log2 of the lane's bytes, for vector ops.</summary>
    public byte Vece;

    /// <summary>For <c>brcond</c>, <c>setcond</c>, <c>negsetcond</c>, <c>movcond</c>, <c>cmp_vec</c>.</summary>
    public TcgCond Cond;

    public Temp Out0;
    public Temp In0;
    public Temp In1;
    public Temp In2;
    public Temp In3;
    public Temp In4;

    /// <summary>For <c>br</c>, <c>brcond</c>, <c>set_label</c>.</summary>
    public Label Label;

    public long Imm0;
    public long Imm1;
    public long Imm2;

    /// <summary>For <c>call</c>.</summary>
    public HelperInfo? Helper;

    /// <summary>For <c>shl</c>, <c>shr</c>, <c>sar</c>: the count is known to be below the width, so that a host's own shift is right. Set by the optimizer.</summary>
    public bool HasCountInRange
    {
        readonly get => Imm0 != 0;
        set => Imm0 = value ? 1 : 0;
    }

    /// <summary>Of an instruction's start: the instruction stores to guest memory, and changes nothing else.</summary>
    public bool OnlyStores
    {
        readonly get => Imm2 != 0;
        set => Imm2 = value ? 1 : 0;
    }

    /// <summary>Of a guest load, for the backend that marks it: where it faults, the state is that of an earlier instruction, from which the runtime goes on.</summary>
    public bool LeavesStateBehind
    {
        readonly get => Opcode == Opcode.QemuLd && Imm2 != 0;
        set => Imm2 = value ? 1 : 0;
    }

    /// <summary>Number of inputs in use: the table's count, or a call's arguments.</summary>
    public readonly int InputCount => Helper is null ? OpInfo.Of(Opcode).Inputs : Helper.ArgumentCount;

    /// <summary>Input <paramref name="index"/>, 0 to 4.</summary>
    public readonly Temp In(int index) => index switch
    {
        0 => In0,
        1 => In1,
        2 => In2,
        3 => In3,
        _ => In4,
    };

    /// <summary>Replaces input <paramref name="index"/>, 0 to 4.</summary>
    public void SetIn(int index, Temp temp)
    {
        switch (index)
        {
            case 0:
                In0 = temp;
                break;
            case 1:
                In1 = temp;
                break;
            case 2:
                In2 = temp;
                break;
            case 3:
                In3 = temp;
                break;
            default:
                In4 = temp;
                break;
        }
    }
}
