using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>Interprets the few ops that the tiny guest emits. A backend of the tests' own, so that they hold the runtime alone to account.</summary>
internal sealed unsafe class TinyBackend(string name = "tiny", Action<CompileRequest>? compiled = null) : ITcgBackend
{
    public string Name => name;

    public TbCode Compile(TcgContext context, in CompileRequest request)
    {
        compiled?.Invoke(request);
        var temps = new TempInfo[context.TempCount];
        for (var i = 0; i < temps.Length; i++)
        {
            temps[i] = context.Info(TcgContext.TempAt(i));
        }

        return new Code(context.Ops.ToArray(), temps, context.PcOffset, request);
    }

    internal sealed class Code(Op[] ops, TempInfo[] temps, int pcOffset, CompileRequest request) : TbCode
    {
        public CompileRequest Request => request;

        public override int Size => ops.Length;

        public override nint Execute(byte* env)
        {
            var header = (VcpuHeader*)env;
            if (Volatile.Read(ref header->PollWord) != 0)
            {
                *(ulong*)(env + pcOffset) = request.Pc;
                return TbExit.Requested;
            }

            Span<ulong> values = stackalloc ulong[temps.Length];
            ulong Get(Span<ulong> values, Temp temp) => temps[temp.Index].Kind switch
            {
                TempKind.Global => *(ulong*)(env + temps[temp.Index].Offset),
                TempKind.Const => temps[temp.Index].Value,
                _ => values[temp.Index],
            };
            void Put(Span<ulong> values, Temp temp, ulong value)
            {
                if (temps[temp.Index].Kind == TempKind.Global)
                {
                    *(ulong*)(env + temps[temp.Index].Offset) = value;
                }
                else
                {
                    values[temp.Index] = value;
                }
            }

            for (var i = 0; ; i++)
            {
                ref readonly var op = ref ops[i];
                switch (op.Opcode)
                {
                    case Opcode.InsnStart:
                        *(ulong*)(env + pcOffset) = (ulong)op.Imm0;
                        break;
                    case Opcode.Mov:
                        Put(values, op.Out0, Get(values, op.In0));
                        break;
                    case Opcode.Add:
                        Put(values, op.Out0, Get(values, op.In0) + Get(values, op.In1));
                        break;
                    case Opcode.St:
                        *(ulong*)(env + op.Imm0) = Get(values, op.In0);
                        break;
                    case Opcode.St32:
                        *(uint*)(env + op.Imm0) = (uint)Get(values, op.In0);
                        break;
                    case Opcode.QemuLd:
                        Put(values, op.Out0, Volatile.Read(ref *(ulong*)Host(header, Get(values, op.In0))));
                        break;
                    case Opcode.QemuSt when op.Imm1 == (long)MemOp.Size32:
                        Volatile.Write(ref *(uint*)Host(header, Get(values, op.In1)), (uint)Get(values, op.In0));
                        break;
                    case Opcode.QemuSt:
                        Volatile.Write(ref *(ulong*)Host(header, Get(values, op.In1)), Get(values, op.In0));
                        break;
                    case Opcode.AtomicFetchAdd:
                        Put(values, op.Out0, Interlocked.Add(ref *(ulong*)Host(header, Get(values, op.In0)), Get(values, op.In1)) - Get(values, op.In1));
                        break;
                    case Opcode.QemuLdx:
                        Put(values, op.Out0, ExclusiveMonitor.Load((nint)env, Get(values, op.In0), (nint)Host(header, Get(values, op.In0)), 3));
                        break;
                    case Opcode.QemuStx:
                        Put(values, op.Out0, ExclusiveMonitor.Store((nint)env, Get(values, op.In0), (nint)Host(header, Get(values, op.In0)), Get(values, op.In1), 3));
                        break;
                    case Opcode.ExtuI32I64:
                        Put(values, op.Out0, (uint)Get(values, op.In0));
                        break;
                    case Opcode.SetLabel:
                        break;
                    case Opcode.Call:
                        Put(values, op.Out0, ((delegate*<byte*, ulong, ulong, ulong>)op.Helper!.Pointer)(env, Get(values, op.In0), Get(values, op.In1)));
                        break;
                    case Opcode.Br:
                    case Opcode.Brcond when (op.Cond == TcgCond.Ne) == (Get(values, op.In0) != Get(values, op.In1)):
                        var label = op.Label;
                        var target = Array.FindIndex(ops, other => other.Opcode == Opcode.SetLabel && other.Label == label);
                        if (target < i && ops[target + 1].Opcode == Opcode.InsnStart && Volatile.Read(ref header->PollWord) != 0)
                        {
                            *(ulong*)(env + pcOffset) = (ulong)ops[target + 1].Imm0;
                            return TbExit.Requested;
                        }

                        i = target;
                        break;
                    case Opcode.Brcond when op.Cond is TcgCond.Ne or TcgCond.Eq:
                        break;
                    case Opcode.GotoTb:
                        *(ulong*)(env + pcOffset) = (ulong)op.Imm1;
                        return request.Chain ? request.Slots + ((nint)op.Imm0 * sizeof(ChainSlot)) : TbExit.Lookup;
                    case Opcode.GotoPtr:
                        return TbExit.Lookup;
                    case Opcode.ExitTb:
                        return (nint)op.Imm0;
                    default:
                        throw new NotSupportedException($"{op.Opcode} {op.Cond}");
                }
            }
        }

        // The guest's address rule: here, wild addresses go to a non-canonical host address, so that SI_KERNEL faults are met too.
        private static byte* Host(VcpuHeader* header, ulong address) =>
            address >> 46 == 0 ? header->GuestBase + address : (byte*)0x8000_0000_0000_0000;
    }
}
