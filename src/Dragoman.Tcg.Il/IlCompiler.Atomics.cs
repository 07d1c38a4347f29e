using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly Dictionary<Opcode, MethodInfo> s_fetchOps = new()
    {
        [Opcode.AtomicXchg] = Atomic(nameof(HostAtomics.Exchange)),
        [Opcode.AtomicFetchAdd] = Atomic(nameof(HostAtomics.FetchAdd)),
        [Opcode.AtomicFetchAnd] = Atomic(nameof(HostAtomics.FetchAnd)),
        [Opcode.AtomicFetchOr] = Atomic(nameof(HostAtomics.FetchOr)),
        [Opcode.AtomicFetchXor] = Atomic(nameof(HostAtomics.FetchXor)),
        [Opcode.AtomicFetchSmin] = Atomic(nameof(HostAtomics.FetchSmin)),
        [Opcode.AtomicFetchSmax] = Atomic(nameof(HostAtomics.FetchSmax)),
        [Opcode.AtomicFetchUmin] = Atomic(nameof(HostAtomics.FetchUmin)),
        [Opcode.AtomicFetchUmax] = Atomic(nameof(HostAtomics.FetchUmax)),
    };

    private static readonly MethodInfo s_compareExchange = Atomic(nameof(HostAtomics.CompareExchange));
    private static readonly MethodInfo s_compareExchange128 = Atomic(nameof(HostAtomics.CompareExchange128));
    private static readonly MethodInfo s_exchange128 = Atomic(nameof(HostAtomics.Exchange128));

    private static MethodInfo Atomic(string name) => typeof(HostAtomics).GetMethod(name)!;

    private static AccessKind? AtomicKind(Opcode opcode) => opcode switch
    {
        Opcode.QemuLdx => AccessKind.LoadExclusive,
        Opcode.QemuStx => AccessKind.StoreExclusive,
        Opcode.AtomicCmpxchg => AccessKind.Atomic,
        _ => s_fetchOps.ContainsKey(opcode) ? AccessKind.Atomic : null,
    };

    /// <summary>Emits atomic and exclusive accesses, with the fences of the host's table around them; false for other ops.</summary>
    private bool EmitAtomic(in Op op)
    {
        if (AtomicKind(op.Opcode) is not { } kind)
        {
            return EmitAtomicAccess(op, default);
        }

        IReadOnlyList<HostStep> steps = StepsOf(kind, (MemOp)op.Imm0);
        int access = EmitFences(steps, from: 0);

        // Exclusives are aligned, and the host has no misaligned 16-byte atomic: such an access is a fault whatever the MemOp asks for.
        MemOp memop = (MemOp)op.Imm0;
        EmitAtomicAccess(op, kind != AccessKind.Atomic || (memop & MemOp.SizeMask) == MemOp.Size128 ? memop | MemOp.Align : memop);
        EmitFences(steps, access + 1);
        return true;
    }

    private bool EmitAtomicAccess(in Op op, MemOp memop)
    {
        switch (op.Opcode)
        {
            case Opcode.QemuLdx:
                EmitLoadExclusive(op, memop);
                return true;
            case Opcode.QemuStx:
                EmitStoreExclusive(op, memop);
                return true;
            case Opcode.Clrex:
                PushEnv();
                _il.Emit(OpCodes.Call, Exclusive(nameof(ExclusiveMonitor.Clear)));
                return true;
            case Opcode.AtomicCmpxchg:
                EmitHostAddress(op.In0, 0, memop);
                if (_tcg.TypeOf(op.Out0) == TcgType.V128)
                {
                    Push(op.In1);
                    Push(op.In2);
                    _il.Emit(OpCodes.Call, s_compareExchange128);
                    Pop(op.Out0);
                    return true;
                }

                PushWide(op.In1);
                PushWide(op.In2);
                EmitSized(s_compareExchange, memop, op.Out0);
                return true;
            case Opcode.AtomicXchg when _tcg.TypeOf(op.Out0) == TcgType.V128:
                EmitHostAddress(op.In0, 0, memop);
                Push(op.In1);
                _il.Emit(OpCodes.Call, s_exchange128);
                Pop(op.Out0);
                return true;
            default:
                if (!s_fetchOps.TryGetValue(op.Opcode, out MethodInfo? method))
                {
                    return false;
                }

                EmitHostAddress(op.In0, 0, memop);
                PushWide(op.In1);
                EmitSized(method, memop, op.Out0);
                return true;
        }
    }

    private void EmitSized(MethodInfo method, MemOp memop, Temp result)
    {
        _il.Emit(OpCodes.Ldc_I4, (int)(memop & MemOp.SizeMask));
        _il.Emit(OpCodes.Call, method);
        PopNarrow(result);
    }
}
