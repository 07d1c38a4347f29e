using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>Memory ops through the TLBs, on each backend: first as a miss, then inline.</summary>
public abstract unsafe class SoftMmuOpsTests(ITcgBackend backend)
{
    private const int PcOffset = VcpuHeader.GuestState + 256;
    private const ulong Data = 0x5000;
    private const ulong Frame = 0x3000;

    private static TcgContext Context() =>
        new([.. Enumerable.Range(0, 8).Select(i => new GlobalInfo($"r{i}", TcgType.I64, VcpuHeader.GuestState + (i * 8)))], PcOffset);

    private static ref ulong R(Bench bench, int i) => ref *(ulong*)(bench.Vcpu.Env + VcpuHeader.GuestState + (i * 8));

    private static Bench Mapped()
    {
        var bench = new Bench();
        bench.Map(Data, Frame);
        bench.Map(Data + 0x1000, Frame + 0x8000);
        R(bench, 0) = Data;
        return bench;
    }

    private nint Run(Bench bench, Action<TcgContext> emit, int runs = 1)
    {
        var tcg = Context();
        tcg.InsnStart(0x1000);
        emit(tcg);
        tcg.ExitTb(TbExit.Lookup);
        Optimizer.Run(tcg);
        var slots = (ChainSlot*)NativeMemory.AllocZeroed(2, (nuint)sizeof(ChainSlot));
        var code = backend.Compile(tcg, new CompileRequest { Pc = 0x1000, Slots = (nint)slots, Parallel = true, SoftMmuPageBits = 12 });
        nint exit = 0;
        for (var i = 0; i < runs; i++)
        {
            exit = code.Execute(bench.Vcpu.Env);
        }

        NativeMemory.Free(slots);
        return exit;
    }

    [Theory]
    [InlineData(MemOp.Size8, 0x88ul)]
    [InlineData(MemOp.Size8 | MemOp.Sign, 0xFFFF_FFFF_FFFF_FF88ul)]
    [InlineData(MemOp.Size16, 0x9988ul)]
    [InlineData(MemOp.Size16 | MemOp.Sign, 0xFFFF_FFFF_FFFF_9988ul)]
    [InlineData(MemOp.Size32, 0xBBAA9988ul)]
    [InlineData(MemOp.Size32 | MemOp.Sign, 0xFFFF_FFFF_BBAA_9988ul)]
    [InlineData(MemOp.Size64, 0xFFEE_DDCC_BBAA_9988ul)]
    public void Loads_are_the_same_missed_inline_and_across(MemOp op, ulong expected)
    {
        foreach (ulong offset in (ReadOnlySpan<ulong>)[0x103, 0xFFF, 0x1000])
        {
            using var bench = Mapped();
            for (var i = 0; i < 8; i++)
            {
                var at = offset + (ulong)i;
                bench.Physical<byte>(at < 0x1000 ? Frame + at : Frame + 0x7000 + at) = (byte)(0x88 + (i * 0x11));
            }

            for (var run = 1; run <= 2; run++)
            {
                R(bench, 1) = 0;
                Assert.Equal(TbExit.Lookup, Run(bench, tcg => tcg.Mov(tcg.Global(1), tcg.QemuLd(TcgType.I64, tcg.Global(0), (long)offset, op.InMode(1))), run));
                Assert.Equal(expected, R(bench, 1));
            }

            Assert.Equal(offset == 0xFFF && op != MemOp.Size8 && op != (MemOp.Size8 | MemOp.Sign) ? 2 : 1, bench.Vcpu.Tlb.Counters.Walks);
        }
    }

    [Theory]
    [InlineData(MemOp.Size8)]
    [InlineData(MemOp.Size16)]
    [InlineData(MemOp.Size32)]
    [InlineData(MemOp.Size64)]
    [InlineData(MemOp.Size64 | MemOp.Release)]
    public void Stores_write_their_size_only_missed_inline_and_across(MemOp op)
    {
        var size = 1 << (int)(op & MemOp.SizeMask);
        foreach (ulong offset in (ReadOnlySpan<ulong>)[0x108, 0xFFF, 0x1000])
        {
            using var bench = Mapped();
            for (var run = 1; run <= 2; run++)
            {
                bench.Physical<ulong>(Frame + 0xFF8) = bench.Physical<ulong>(Frame + 0x8000) = bench.Physical<ulong>(Frame + 0x108) = 0;
                R(bench, 1) = 0x0123456789ABCDEF;
                Assert.Equal(TbExit.Lookup, Run(bench, tcg => tcg.QemuSt(TcgType.I64, tcg.Global(1), tcg.Global(0), (long)offset, op.InMode(1)), run));
                for (var i = 0; i < 8; i++)
                {
                    var at = offset + (ulong)i;
                    var stored = bench.Physical<byte>(at < 0x1000 ? Frame + at : Frame + 0x7000 + at);
                    Assert.Equal(i < size ? (byte)(0x0123456789ABCDEFUL >> (8 * i)) : 0, stored);
                }
            }
        }
    }

    [Fact]
    public void Sixteen_bytes_move_whole_and_across()
    {
        using var bench = Mapped();
        var value = Vector128.Create(0x1122334455667788ul, 0x99AABBCCDDEEFF00ul);
        bench.Physical<Vector128<ulong>>(Frame + 0x31) = value;
        for (var run = 1; run <= 2; run++)
        {
            Run(bench, tcg =>
            {
                var vector = tcg.QemuLd(TcgType.V128, tcg.Global(0), 0x31, MemOp.Size128.InMode(1));
                tcg.QemuSt(TcgType.V128, vector, tcg.Global(0), 0x100, MemOp.Size128.InMode(1));
                tcg.QemuSt(TcgType.V128, vector, tcg.Global(0), 0xFF8, MemOp.Size128.InMode(1));
                tcg.Mov(tcg.Global(1), tcg.HiV128I64(tcg.QemuLd(TcgType.V128, tcg.Global(0), 0xFF8, MemOp.Size128.InMode(1))));
            }, run);
            Assert.Equal(value, bench.Physical<Vector128<ulong>>(Frame + 0x100));
            Assert.Equal(0x99AABBCCDDEEFF00ul, bench.Physical<ulong>(Frame + 0x8000));
            Assert.Equal(0x99AABBCCDDEEFF00ul, R(bench, 1));
        }
    }

    [Fact]
    public void Narrow_temps_take_loads_of_every_size()
    {
        using var bench = Mapped();
        bench.Physical<uint>(Frame + 0x20) = 0x8000_0081;
        for (var run = 1; run <= 2; run++)
        {
            Run(bench, tcg =>
            {
                tcg.Mov(tcg.Global(1), tcg.ExtI32I64(tcg.QemuLd(TcgType.I32, tcg.Global(0), 0x20, (MemOp.Size8 | MemOp.Sign).InMode(1))));
                tcg.Mov(tcg.Global(2), tcg.ExtuI32I64(tcg.QemuLd(TcgType.I32, tcg.Global(0), 0x20, MemOp.Size32.InMode(1))));
            }, run);
            Assert.Equal(0xFFFF_FFFF_FFFF_FF81ul, R(bench, 1));
            Assert.Equal(0x8000_0081ul, R(bench, 2));
        }
    }

    [Fact]
    public void A_fault_leaves_with_the_state_of_the_instructions_start()
    {
        using var bench = Mapped();
        R(bench, 1) = 5;
        R(bench, 2) = 0x9000;
        var exit = Run(bench, tcg =>
        {
            tcg.Mov(tcg.Global(1), tcg.Const(TcgType.I64, 6ul));
            tcg.InsnStart(0x1004);
            var loaded = tcg.QemuLd(TcgType.I64, tcg.Global(2), 8, MemOp.Size64.InMode(1));
            tcg.Mov(tcg.Global(1), loaded);
        });
        Assert.Equal(TbExit.Exception, exit);
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
        Assert.Equal(0x9008UL, bench.Vcpu.Header->FaultGuestAddress);
        Assert.Equal(6UL, R(bench, 1));
        Assert.Equal(0x1004UL, *(ulong*)(bench.Vcpu.Env + PcOffset));

        // A load whose value nobody takes happens all the same.
        Assert.Equal(TbExit.Exception, Run(bench, tcg => tcg.QemuLd(TcgType.I64, tcg.Global(2), 8, MemOp.Size64.InMode(1))));
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
        Assert.Equal(TbExit.Exception, Run(bench, tcg => tcg.QemuSt(TcgType.I64, tcg.Global(1), tcg.Global(2), 0, MemOp.Size64.InMode(1))));
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
        Assert.Equal(TbExit.Exception, Run(bench, tcg => tcg.QemuLd(TcgType.I64, tcg.Global(0), 1, (MemOp.Size64 | MemOp.Align).InMode(1))));
        Assert.Equal(ExceptionKind.AlignmentFault, bench.TakeException());
    }

    [Fact]
    public void Each_access_goes_through_the_tlb_of_its_mode()
    {
        using var bench = Mapped();
        bench.Physical<ulong>(Frame) = 1;
        bench.Physical<ulong>(Data) = 2;
        for (var run = 1; run <= 2; run++)
        {
            Run(bench, tcg =>
            {
                tcg.Mov(tcg.Global(1), tcg.QemuLd(TcgType.I64, tcg.Global(0), 0, MemOp.Size64.InMode(7)));
                tcg.Mov(tcg.Global(2), tcg.QemuLd(TcgType.I64, tcg.Global(0), 0, MemOp.Size64.InMode(0)));
            }, run);
            Assert.Equal((1UL, 2UL), (R(bench, 1), R(bench, 2)));
        }
    }

    [Fact]
    public void Devices_are_asked_once_by_each_access()
    {
        using var bench = Mapped();
        bench.Map(0x8000, Bench.DeviceAt);
        R(bench, 2) = 0x8000;
        Run(bench, tcg =>
        {
            tcg.Mov(tcg.Global(1), tcg.QemuLd(TcgType.I64, tcg.Global(2), 0x10, MemOp.Size16.InMode(1)));
            tcg.QemuSt(TcgType.I64, tcg.Global(1), tcg.Global(2), 0x18, MemOp.Size32.InMode(1));
            tcg.QemuLd(TcgType.I64, tcg.Global(2), 0x20, MemOp.Size8.InMode(1));
        });
        Assert.Equal(["r2@10", "w4@18=2221", "r1@20"], bench.Device.Accesses);
    }

    [Fact]
    public void Atomics_and_exclusives_are_done_in_guest_memory()
    {
        using var bench = Mapped();
        for (var run = 1; run <= 2; run++)
        {
            bench.Physical<ulong>(Frame) = 40;
            bench.Physical<uint>(Frame + 8) = 7;
            Run(bench, tcg =>
            {
                var op = MemOp.Size64.InMode(1);
                tcg.Mov(tcg.Global(1), tcg.AtomicFetchAdd(TcgType.I64, tcg.Global(0), tcg.Const(TcgType.I64, 2ul), op));
                tcg.Mov(tcg.Global(2), tcg.AtomicCmpxchg(TcgType.I64, tcg.Global(0), tcg.Const(TcgType.I64, 42ul), tcg.Const(TcgType.I64, 43ul), op));
                var second = tcg.Add(TcgType.I64, tcg.Global(0), tcg.Const(TcgType.I64, 8ul));
                var value = tcg.QemuLdx(TcgType.I64, second, MemOp.Size32.InMode(1));
                tcg.Mov(tcg.Global(3), tcg.ExtuI32I64(tcg.QemuStx(TcgType.I64, second, tcg.Add(TcgType.I64, value, tcg.Const(TcgType.I64, 1ul)), MemOp.Size32.InMode(1))));
            });
            Assert.Equal(40UL, R(bench, 1));
            Assert.Equal(42UL, R(bench, 2));
            Assert.Equal(1UL, R(bench, 3));
            Assert.Equal(43UL, bench.Physical<ulong>(Frame));
            Assert.Equal(8U, bench.Physical<uint>(Frame + 8));
        }

        R(bench, 0) = Data + 0x4000;
        Assert.Equal(TbExit.Exception, Run(bench, tcg => tcg.Mov(tcg.Global(1), tcg.AtomicFetchAdd(TcgType.I64, tcg.Global(0), tcg.Global(1), MemOp.Size64.InMode(1)))));
        Assert.Equal(ExceptionKind.MemoryFault, bench.TakeException());
    }
}

public sealed class SoftMmuOpsTestsOnInterpreter() : SoftMmuOpsTests(new InterpreterBackend());

public sealed class SoftMmuOpsTestsOnIl() : SoftMmuOpsTests(new IlBackend());
