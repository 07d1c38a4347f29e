using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Tests.Tiny;
using Dragoman.Runtime.Translation;

namespace Dragoman.Runtime.Tests;

/// <summary>What one machine leaves to the next, and children to their parent.</summary>
public sealed class SuccessionTests
{
    private static TinyProgram Loop(int step) => new TinyProgram(TinyMachine.Code)
        .Set(1, 1000)
        .Label("loop")
        .Op(TinyOp.AddImmediate, 0, 0, step)
        .Op(TinyOp.AddImmediate, 1, 1, -1)
        .BranchNotZero(1, "loop")
        .Op(TinyOp.Syscall, 0);

    [Theory]
    [InlineData(Engine.Interpreter)]
    [InlineData(Engine.Auto)]
    public void TheSameCodeIsTakenOver(Engine engine)
    {
        using var second = Succeed(engine, Loop(3), Loop(3));
        Assert.Equal(3000UL, second.Run().GetRegister("R0"));
        Assert.Equal(0, second.Machine.Statistics.Translations);
        Assert.Equal(3, second.Machine.Statistics.TakenOver);
    }

    [Theory]
    [InlineData(Engine.Interpreter)]
    [InlineData(Engine.Auto)]
    public void WhatDiffersIsTranslated(Engine engine)
    {
        using var second = Succeed(engine, Loop(3), Loop(5));
        Assert.Equal(5000UL, second.Run().GetRegister("R0"));
        Assert.InRange(second.Machine.Statistics.Translations, 1, 2);
        Assert.InRange(second.Machine.Statistics.TakenOver, 1, 2);
    }

    [Fact]
    public void WhatWasTakenOverIsInvalidatedAsAnyOther()
    {
        using var second = Succeed(Engine.Interpreter, Loop(3), Loop(3));
        second.Run();
        var code = Loop(7).ToArray();
        Assert.True(second.Machine.Memory.TryWrite(TinyMachine.Code, code));
        Assert.Equal(7000UL, second.Run().GetRegister("R0"));
    }

    [Fact]
    public void AThirdHasWhatTheSecondDidNotUse()
    {
        using var first = new TinyMachine(Engine.Interpreter, Loop(3));
        first.Run();
        first.Dispose();
        using var second = new TinyMachine(Engine.Interpreter, new TinyProgram(TinyMachine.Code).Op(TinyOp.Syscall, 0));
        second.Machine.Succeed(first.Machine);
        second.Run();
        second.Dispose();
        using var third = new TinyMachine(Engine.Interpreter, Loop(3));
        third.Machine.Succeed(second.Machine);
        Assert.Equal(3000UL, third.Run().GetRegister("R0"));
        Assert.Equal(0, third.Machine.Statistics.Translations);
    }

    [Theory]
    [InlineData(Engine.Tiny)]
    [InlineData(Engine.Il)]
    public void CodeThatKnowsItsMachineStaysThere(Engine engine)
    {
        using var second = Succeed(engine, Loop(3), Loop(3));
        Assert.Equal(3000UL, second.Run().GetRegister("R0"));
        Assert.Equal(0, second.Machine.Statistics.TakenOver);
    }

    [Fact]
    public void AChildLinksNothingBeforeItHasRunForAWhile()
    {
        using var machine = new TinyMachine(Engine.Interpreter, Loop(3));
        var child = machine.CreateVcpu();
        machine.Machine.ContinueAlone();
        machine.Machine.Run(child);
        Assert.Equal(0, machine.Machine.Statistics.ChainHits);
        for (var runs = 0; runs < 2; runs++)
        {
            child.Pc = TinyMachine.Code;
            machine.Machine.Run(child);
        }

        Assert.Equal(9000UL, child.GetRegister("R0"));
        Assert.InRange(machine.Machine.Statistics.ChainHits, 900, 1100);
    }

    [Fact]
    public void ABlockIsReadyWhenTwoChildrenHaveMadeIt()
    {
        var ledger = ChildLedger.Create()!;
        using var machine = new TinyMachine(Engine.Interpreter, Loop(3));
        machine.Run();
        var tb = machine.Machine.Cache.Table.Find(TinyMachine.Code, 0)!;
        ledger.Note(tb);
        Assert.False(ledger.TryRead(out _));
        ledger.Note(tb);
        ledger.Note(tb);
        Assert.True(ledger.TryRead(out var block));
        Assert.Equal((tb.Pc, tb.Flags, tb.Source.Length), (block.Pc, block.Flags, block.Length));
        Assert.Equal(ChildLedger.KeyOf(tb.Pc, tb.Flags, tb.Source), block.Key);
        Assert.False(ledger.TryRead(out _));
        ledger.Rewind();
        Assert.True(ledger.TryRead(out _));
    }

    [Fact]
    public void AFullLedgerForgetsNothingAndTakesNoMore()
    {
        const int Many = 100_000;
        var ledger = ChildLedger.Create()!;
        for (var child = 0; child < 2; child++)
        {
            for (var i = 0; i < Many; i++)
            {
                ledger.Note(new TranslationBlock { Pc = (ulong)i * 4, Flags = 0, Source = [1, 2, 3, 4], InstructionCount = 1 });
            }
        }

        HashSet<ulong> seen = [];
        while (ledger.TryRead(out var block))
        {
            Assert.True(seen.Add(block.Pc));
            Assert.Equal(ChildLedger.KeyOf(block.Pc, 0, [1, 2, 3, 4]), block.Key);
        }

        Assert.InRange(seen.Count, 4_000, 8_192);
    }

    // A machine that has taken the place of one that ran a program.
    private static TinyMachine Succeed(Engine engine, TinyProgram before, TinyProgram program)
    {
        var options = new RuntimeOptions { HotThreshold = 16, RegionLog2 = 40 };
        var first = new TinyMachine(engine, before, options: options);
        first.Run();
        first.Machine.CompileQueue?.Drain();
        first.Dispose();
        var second = new TinyMachine(engine, program, options: options);
        second.Machine.Succeed(first.Machine);
        return second;
    }
}
