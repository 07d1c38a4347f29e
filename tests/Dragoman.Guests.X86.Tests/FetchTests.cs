using Dragoman.Guests.Tests.Witness;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>What an instruction may not be, and where it may not lie (Intel SDM 2A, 2.3.11; 3A, 6.15).</summary>
public sealed class FetchTests
{
    // mov rax, imm64
    private static readonly byte[] s_long = [0x48, 0xB8, 1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void An_instruction_that_goes_on_in_an_unmapped_page_faults_there(int inside)
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        ulong pc = X86Machine.Slot + X86Machine.SlotSize - (ulong)inside;
        machine.Write(pc, s_long.AsSpan(0, inside));
        machine.RunAt(pc);
        Assert.Equal((ExceptionKind.MemoryFault, X86Machine.Slot + X86Machine.SlotSize, pc), (machine.Last.Kind, machine.Last.Address, machine.Pc));
    }

    [Fact]
    public void It_runs_once_the_page_is_there()
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        const ulong End = X86Machine.Slot + X86Machine.SlotSize;
        machine.Write(End - 3, s_long.AsSpan(0, 3));
        machine.RunAt(End - 3);
        machine.Map(End);
        machine.Write(End, [.. s_long[3..], 0xCC]);
        machine.RunAt(End - 3);
        Assert.Equal((ExceptionKind.Breakpoint, (UInt128)0x0807060504030201), (machine.Last.Kind, machine.GetRegister("RAX")));
    }

    [Fact]
    public void What_stands_before_it_in_the_page_is_executed_first()
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        const ulong End = X86Machine.Slot + X86Machine.SlotSize;

        // mov ecx, 7
        machine.Write(End - 6, [0xB9, 7, 0, 0, 0, 0x48]);
        machine.RunAt(End - 6);
        Assert.Equal((ExceptionKind.MemoryFault, End, End - 1, (UInt128)7), (machine.Last.Kind, machine.Last.Address, machine.Pc, machine.GetRegister("RCX")));
    }

    [Theory]
    [InlineData("66666666666666666666666666669089D8", ExceptionKind.Breakpoint)] // 15 bytes and more
    [InlineData("666666666666666666666666666689D8", ExceptionKind.GuestTrap)]
    [InlineData("66666666666666666666666666666690", ExceptionKind.GuestTrap)]
    [InlineData("6666666666666666666666660F0B", ExceptionKind.IllegalInstruction)]
    [InlineData("6666666666666666666666666689D8", ExceptionKind.Breakpoint)]
    [InlineData("F089D8", ExceptionKind.IllegalInstruction)] // LOCK before what is not lockable
    [InlineData("F001D8", ExceptionKind.IllegalInstruction)] // LOCK of a register
    [InlineData("F03918", ExceptionKind.IllegalInstruction)]
    [InlineData("0F0B", ExceptionKind.IllegalInstruction)]
    public void Some_strings_are_no_instructions(string code, ExceptionKind end)
    {
        using var machine = new X86Machine(new InterpreterBackend(), undefined: 0);
        machine.Execute(Convert.FromHexString(code), new X86State());
        Assert.Equal(end, machine.Last.Kind);
    }
}
