using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;
using Dragoman.Tcg.Tests;
using Iced.Intel;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>The host code of each access and barrier does what the host's table says, told by its locked instructions: .NET's full fence is one too.</summary>
public sealed unsafe class LoweringTests
{
    public static TheoryData<AccessKind, MemOp, MemBarrier> Accesses
    {
        get
        {
            TheoryData<AccessKind, MemOp, MemBarrier> data = [];
            foreach (MemOp order in new[] { default, MemOp.Acquire, MemOp.AcquirePc, MemOp.SeqCst })
            {
                data.Add(AccessKind.Load, order, default);
            }

            foreach (MemOp order in new[] { default, MemOp.Release, MemOp.SeqCst })
            {
                data.Add(AccessKind.Store, order, default);
            }

            foreach (MemOp order in new[] { default, MemOp.Acquire, MemOp.Release, MemOp.Acquire | MemOp.Release })
            {
                data.Add(AccessKind.Atomic, order, default);
            }

            for (MemBarrier barrier = MemBarrier.LoadLoad; barrier <= MemBarrier.All; barrier++)
            {
                data.Add(AccessKind.Fence, default, barrier);
            }

            return data;
        }
    }

    [X64Theory]
    [MemberData(nameof(Accesses))]
    public void Host_code_has_the_steps_of_the_table(AccessKind kind, MemOp order, MemBarrier barrier)
    {
        int expected = HostLowering.X64.Steps(kind, order, barrier).Count(step => step is HostStep.Fence or HostStep.Atomic);
        Assert.Equal(expected, LockedInstructions(HostLowering.X64, kind, order, barrier));
    }

    [X64Theory]
    [InlineData(AccessKind.Load)]
    [InlineData(AccessKind.Store)]
    [InlineData(AccessKind.Atomic)]
    [InlineData(AccessKind.Fence)]
    public void Another_table_makes_other_host_code(AccessKind kind)
    {
        HostStep[] access = kind == AccessKind.Fence ? [] : [.. HostLowering.X64.Steps(kind, default, default)];
        HostLowering table = HostLowering.X64 with { Rules = [new LoweringRule(kind, default, default, IsStronger: true, [HostStep.Fence, .. access, HostStep.Fence]), .. HostLowering.X64.Rules] };
        Assert.Equal(2 + (kind == AccessKind.Atomic ? 1 : 0), LockedInstructions(table, kind, default, MemBarrier.LoadLoad));
    }

    private static int LockedInstructions(HostLowering table, AccessKind kind, MemOp order, MemBarrier barrier)
    {
        using Bench bench = new();
        MemOp op = order | MemOp.Size64 | MemOp.Align;
        bench.Tcg.InsnStart(0x1000);
        switch (kind)
        {
            case AccessKind.Load:
                bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0, op));
                break;
            case AccessKind.Store:
                bench.Tcg.QemuSt(TcgType.I64, bench.R(1), bench.R(0), 0, op);
                break;
            case AccessKind.Atomic:
                bench.Tcg.Mov(bench.R(1), bench.Tcg.AtomicXchg(TcgType.I64, bench.R(0), bench.R(2), op));
                break;
            default:
                bench.Tcg.Mb(barrier);
                break;
        }

        bench.Tcg.ExitTb(TbExit.Lookup);
        TbCode code = bench.Compile(backend: new IlBackend(table));
        int locked = CountLocked(code.EntryPoint);
        GC.KeepAlive(code);
        return locked;
    }

    // To the method's end: behind a return or jump, with no branch met so far leading beyond it. An exchange with memory is locked without the prefix
    // (Intel SDM 3A, 9.1.2.2).
    private static int CountLocked(nint entry)
    {
        Decoder decoder = Decoder.Create(64, new HostCodeReader(entry));
        decoder.IP = (ulong)entry;
        ulong farthest = (ulong)entry;
        for (int locked = 0; ;)
        {
            Instruction instruction = decoder.Decode();
            Assert.False(instruction.IsInvalid);
            locked += instruction.HasLockPrefix || (instruction.Mnemonic == Mnemonic.Xchg && (instruction.Op0Kind == OpKind.Memory || instruction.Op1Kind == OpKind.Memory)) ? 1 : 0;
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch)
            {
                farthest = Math.Max(farthest, instruction.NearBranchTarget);
            }

            if (instruction.FlowControl is FlowControl.Return or FlowControl.UnconditionalBranch or FlowControl.IndirectBranch && decoder.IP > farthest)
            {
                return locked;
            }
        }
    }

    /// <summary>Code byte by byte, so that nothing behind its end is touched.</summary>
    private sealed class HostCodeReader(nint at) : CodeReader
    {
        private nint _at = at;

        public override int ReadByte() => *(byte*)_at++;
    }
}
