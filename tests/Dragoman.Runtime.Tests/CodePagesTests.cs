using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Guest code that changes.</summary>
public abstract class CodePagesTests(Engine engine)
{
    [Fact]
    public void RunsCodeThatTheGuestWroteOverOldCode()
    {
        // R2 counts what the patched instruction adds: 1 at first, then 100.
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 2)
            .Label("loop")
            .Label("patched")
            .Op(TinyOp.AddImmediate, 2, 2, 1)
            .Branch("write")
            .Label("write")
            .Op(TinyOp.Store32, 5, 6)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "loop")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R5", TinyProgram.Encode(TinyOp.AddImmediate, 2, 2, 100));
        vcpu.SetRegister("R6", program.AddressOf("patched"));
        machine.Machine.Run(vcpu);
        Assert.Equal(101UL, vcpu.GetRegister("R2"));
        Assert.True(machine.Machine.Cache.Invalidations > 0);
        Assert.True(machine.Machine.Statistics.Faults >= 2);
    }

    [Fact]
    public void EndsALoopThatOthersRewriteWhileItRuns()
    {
        // Compiled, the loop is inside one method and looks at no slot.
        var program = new TinyProgram(TinyMachine.Code).Label("loop").Op(TinyOp.AddImmediate, 2, 2, 1).Op(TinyOp.Store, 2, 6).Branch("loop");
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R6", TinyMachine.Data);
        var writer = new Thread(() =>
        {
            while (machine.Read(TinyMachine.Data) < 10_000)
            {
                Thread.Yield();
            }

            machine.Machine.CompileQueue?.Drain();
            machine.Machine.Memory.TryWrite(program.AddressOf("loop"), TinyProgram.Encode(TinyOp.Syscall));
        });
        writer.Start();
        machine.RunAll(vcpu);
        writer.Join();
        Assert.True(vcpu.GetRegister("R2") >= 10_000);
    }

    [Fact]
    public void LetsAnInstructionChangeItsOwnPageForEver()
    {
        // Stores into the page that it runs from, a thousand times: must neither hang nor fault.
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 1000)
            .Label("loop")
            .Op(TinyOp.Store, 1, 6)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "loop")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R6", TinyMachine.Code + 2048);
        Assert.Equal(KernelResult.ExitThread, machine.Machine.Run(vcpu));
        Assert.Empty(machine.Kernel.Exceptions);
        Assert.Equal(1UL, machine.Read(TinyMachine.Code + 2048));
    }

    [Fact]
    public void RefusesToWriteCodeThatTheGuestMayNotWrite()
    {
        var program = new TinyProgram(TinyMachine.Code).Op(TinyOp.Store, 1, 6).Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program, codeProtection: GuestProtection.Read | GuestProtection.Execute);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R6", TinyMachine.Code + 2048);
        machine.Machine.Run(vcpu);
        Assert.Equal(2, Assert.Single(machine.Kernel.Exceptions).SignalCode);
    }

    [Fact]
    public void SeesCodeWrittenBySystemCalls()
    {
        var program = new TinyProgram(TinyMachine.Code)
            .Label("again")
            .Op(TinyOp.AddImmediate, 2, 2, 1)
            .Op(TinyOp.Syscall, 2)
            .Branch("again");
        TinyMachine? machine = null;
        var calls = 0;
        var kernel = new TinyKernel
        {
            OnSyscall = (_, _) =>
            {
                var word = TinyProgram.Encode(TinyOp.AddImmediate, 2, 2, 10);
                Assert.True(machine!.Machine.Memory.TryWrite(TinyMachine.Code, word));
                return ++calls == 2 ? KernelResult.ExitThread : KernelResult.Continue;
            },
        };
        using (machine = new TinyMachine(engine, program, kernel))
        {
            Assert.Equal(11UL, machine.Run().GetRegister("R2"));
        }
    }

    [Fact]
    public void SeesUnmappingAndRemappingOfCode()
    {
        using (var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code)))
        {
            machine.Machine.Memory.Unmap(TinyMachine.Code, 4096);
            machine.Map(TinyMachine.Code, 4096, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute);
            WriteCode(machine, TinyProgram.Encode(TinyOp.MoveImmediate, 0, 1), TinyProgram.Encode(TinyOp.Syscall));
            Assert.Equal(1UL, machine.Run().GetRegister("R0"));
            machine.Map(TinyMachine.Code, 4096, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute);
            WriteCode(machine, TinyProgram.Encode(TinyOp.MoveImmediate, 0, 2), TinyProgram.Encode(TinyOp.Syscall));
            Assert.Equal(2UL, machine.Run().GetRegister("R0"));
            machine.Machine.Memory.Protect(TinyMachine.Code, 4096, GuestProtection.Read);
            machine.Run();
            Assert.Equal(GuestAccess.Execute, Assert.Single(machine.Kernel.Exceptions).Access);
        }
    }

    [Fact]
    public void FindsCodeWrittenThroughAnotherMappingAfterCacheMaintenance()
    {
        // Runs the function at R3 twice; in between writes to its alias and invalidates its line, under the address in R4.
        var program = new TinyProgram(TinyMachine.Code)
            .Op(TinyOp.Syscall, 2)
            .Op(TinyOp.Jump, 3)
            .Label("back")
            .Op(TinyOp.AddImmediate, 0, 1, 0)
            .Op(TinyOp.Store32, 5, 6)
            .Op(TinyOp.CacheInvalidate, 4)
            .Op(TinyOp.Syscall, 3)
            .Op(TinyOp.Jump, 3);
        foreach (var viaAlias in new[] { false, true })
        {
            TinyMachine? machine = null;
            var kernel = new TinyKernel
            {
                OnSyscall = (vcpu, number) =>
                {
                    vcpu.SetRegister("R7", number == 2 ? program.AddressOf("back") : TinyMachine.Code + 0x800);
                    return KernelResult.Continue;
                },
            };
            using (machine = new TinyMachine(engine, program, kernel))
            {
                var memory = machine.Machine.Memory;
                Write(machine, TinyMachine.Code + 0x800, TinyProgram.Encode(TinyOp.Syscall));
                var writable = (ulong)memory.Map(0, 4096, GuestProtection.Read | GuestProtection.Write, GuestMapFlags.Shared | GuestMapFlags.Anonymous);
                var executable = (ulong)memory.Remap(writable, 0, 4096, GuestRemapFlags.MayMove);
                Write(machine, writable + 0x40, TinyProgram.Encode(TinyOp.MoveImmediate, 1, 11), TinyProgram.Encode(TinyOp.Jump, 7));
                Assert.Equal(0, memory.Protect(executable, 4096, GuestProtection.Read | GuestProtection.Execute));
                var vcpu = machine.CreateVcpu();
                vcpu.SetRegister("R3", executable + 0x40);
                vcpu.SetRegister("R4", (viaAlias ? writable : executable) + 0x44);
                vcpu.SetRegister("R5", TinyProgram.Encode(TinyOp.MoveImmediate, 1, 22));
                vcpu.SetRegister("R6", writable + 0x40);
                machine.Machine.Run(vcpu);
                Assert.Equal((11UL, 22UL), (vcpu.GetRegister("R0"), vcpu.GetRegister("R1")));
            }
        }
    }

    [Fact]
    public void KeepsCodeWhoseBytesAreTheSameThroughCacheMaintenance()
    {
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 50)
            .Label("loop")
            .Op(TinyOp.CacheInvalidate, 4)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "loop")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R4", TinyMachine.Code);
        machine.Machine.Run(vcpu);
        Assert.Equal(0, machine.Machine.Cache.Invalidations);
        Assert.Equal(4, machine.Machine.Statistics.Translations);
    }

    [Fact]
    public void FlushesWhenTheCacheIsFull()
    {
        var program = new TinyProgram(TinyMachine.Code);
        program.Set(1, 20).Label("loop");
        for (var i = 0; i < 30; i++)
        {
            program.Branch($"b{i}").Label($"b{i}").Op(TinyOp.AddImmediate, 0, 0, 1);
        }

        program.Op(TinyOp.AddImmediate, 1, 1, -1).BranchNotZero(1, "loop").Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program, options: new RuntimeOptions { MaxTbs = 10 });
        Assert.Equal(600UL, machine.Run().GetRegister("R0"));
        Assert.True(machine.Machine.Cache.Flushes > 20);
        Assert.InRange(machine.Machine.Cache.Table.Count, 1, 10);
    }

    private static void WriteCode(TinyMachine machine, params uint[] words) => Write(machine, TinyMachine.Code, words);

    private static void Write(TinyMachine machine, ulong address, params uint[] words) =>
        Assert.True(machine.Machine.Memory.TryWrite(address, MemoryMarshal.AsBytes<uint>(words)));
}
