using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>A guest of eight 64-bit registers and a dozen four-byte instructions: opcode, then three operand bytes.</summary>
internal sealed unsafe class TinyGuest : IGuest
{
    public const int PcSlot = VcpuHeader.GuestState;
    public const int RegisterBase = VcpuHeader.GuestState + 8;
    public const int FlagsSlot = RegisterBase + (8 * 8);

    public static readonly TinyGuest Instance = new();

    public string Name => "tiny";

    public int ElfMachine => 0;

    public int StateSize => FlagsSlot + 8;

    public int PcOffset => PcSlot;

    public IReadOnlyList<GlobalInfo> Globals { get; } =
        [.. Enumerable.Range(0, 8).Select(i => new GlobalInfo($"r{i}", TcgType.I64, RegisterBase + (8 * i)))];

    public IReadOnlyList<GuestRegister> Registers { get; } =
    [
        .. Enumerable.Range(0, 8).Select(i => new GuestRegister($"R{i}", RegisterBase + (8 * i), 8)),
        new GuestRegister("PC", PcSlot, 8),
        new GuestRegister("MODE", FlagsSlot, 8),
    ];

    public int PageSize => 4096;

    public int AddressBits => 46;

    public bool IgnoresTopByte => false;

    public int MaxInstructionLength => 4;

    public bool CoherentInstructionFetch => false;

    public void Reset(byte* env)
    {
    }

    public ulong GetTbFlags(byte* env) => *(ulong*)(env + FlagsSlot);

    public void TranslateInstruction(DisasContext context)
    {
        var tcg = context.Tcg;
        var code = context.Code;
        var opcode = (TinyOp)code[0];
        var (a, b, c) = (code[1], code[2], code[3]);
        var next = context.Pc + 4;
        context.NextPc = next;
        Temp R(byte index) => tcg.Global(index);
        Temp Constant(ulong value) => tcg.Const(TcgType.I64, value);
        switch (opcode)
        {
            case TinyOp.MoveImmediate:
                tcg.Mov(R(a), Constant((ulong)(b | (c << 8))));
                break;
            case TinyOp.Add:
                tcg.Mov(R(a), tcg.Add(TcgType.I64, R(b), R(c)));
                break;
            case TinyOp.AddImmediate:
                tcg.Mov(R(a), tcg.Add(TcgType.I64, R(b), Constant((ulong)(sbyte)c)));
                break;
            case TinyOp.Load:
                tcg.Mov(R(a), tcg.QemuLd(TcgType.I64, R(b), 0, MemOp.Size64));
                break;
            case TinyOp.Store:
                tcg.QemuSt(TcgType.I64, R(a), R(b), 0, MemOp.Size64);
                break;
            case TinyOp.Store32:
                tcg.QemuSt(TcgType.I64, R(a), R(b), 0, MemOp.Size32);
                break;
            case TinyOp.Branch:
                tcg.GotoTb(0, context.Pc + (ulong)((short)(b | (c << 8)) * 4));
                context.Ended = true;
                break;
            case TinyOp.BranchNotZero:
                var taken = tcg.NewLabel();
                tcg.BrCond(TcgType.I64, TcgCond.Ne, R(a), Constant(0), taken);
                tcg.GotoTb(0, next);
                tcg.SetLabel(taken);
                tcg.GotoTb(1, context.Pc + (ulong)((short)(b | (c << 8)) * 4));
                context.Ended = true;
                break;
            case TinyOp.Jump:
                tcg.St(TcgType.I64, R(a), PcSlot);
                tcg.GotoPtr();
                context.Ended = true;
                break;
            case TinyOp.Syscall:
                Raise(context, ExceptionKind.Syscall, Constant(a), next, after: true);
                break;
            case TinyOp.CacheInvalidate:
                Raise(context, ExceptionKind.InstructionCacheInvalidate, R(a), next, after: true);
                break;
            case TinyOp.SlowIncrement when context.Parallel:
                Raise(context, ExceptionKind.Atomic, Constant(0), context.Pc, after: false);
                break;
            case TinyOp.SlowIncrement:
                var old = tcg.QemuLd(TcgType.I64, R(a), 0, MemOp.Size64);
                tcg.QemuSt(TcgType.I64, tcg.Add(TcgType.I64, old, Constant(1)), R(a), 0, MemOp.Size64);
                break;
            case TinyOp.AtomicIncrement:
                tcg.AtomicFetchAdd(TcgType.I64, R(a), Constant(1), MemOp.Size64);
                break;
            case TinyOp.LoadExclusive:
                tcg.Mov(R(a), tcg.QemuLdx(TcgType.I64, R(b), MemOp.Size64));
                break;
            case TinyOp.StoreExclusive:
                tcg.Mov(R(a), tcg.ExtuI32I64(tcg.QemuStx(TcgType.I64, R(c), R(b), MemOp.Size64)));
                break;
            case TinyOp.SetMode:
                tcg.St(TcgType.I64, Constant(a), FlagsSlot);
                context.EndAfter = true;
                break;
            case TinyOp.GetMode:
                // Known while translating: wrong when a TB runs under other flags than it was translated for.
                tcg.Mov(R(a), Constant(context.TbFlags));
                break;
            default:
                context.Unimplemented = $"{code[0]:x2}";
                Raise(context, ExceptionKind.IllegalInstruction, Constant(code[0]), context.Pc, after: false);
                break;
        }
    }

    public int Disassemble(ReadOnlySpan<byte> code, ulong pc, StringBuilder output)
    {
        output.Append($"{(TinyOp)code[0]} {code[1]}, {code[2]}, {code[3]}");
        return 4;
    }

    private static void Raise(DisasContext context, ExceptionKind kind, Temp argument, ulong pc, bool after)
    {
        var tcg = context.Tcg;
        tcg.St(TcgType.I64, argument, 0x20);
        tcg.St32(TcgType.I32, tcg.Const(TcgType.I32, (ulong)kind), 0x18);
        tcg.St32(TcgType.I32, tcg.Const(TcgType.I32, after ? 1UL : 0UL), 0x1C);
        tcg.St(TcgType.I64, tcg.Const(TcgType.I64, pc), PcSlot);
        tcg.ExitTb(TbExit.Exception);
        context.Ended = true;
    }
}
