using System.Runtime.InteropServices;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Guests.X86;
using Dragoman.Oracles.Engine;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Oracles.Tests;

/// <summary>Oracle, interpreter and IL in lockstep: they agree, and where one of them is broken on purpose the report says what and where.</summary>
public sealed class LockstepTests
{
    private const ulong Code = 0x10000;
    private const ulong Data = 0x20000;

    /// <summary>A guest, the register names, and a program: a sum, the sum that gets broken, one that reads it, a store, a load, a system call.</summary>
    private sealed record Sample(IGuest Guest, string Register, string Text, uint WrongWord, params uint[] Words);

    private static readonly Sample[] s_samples =
    [
        new(AArch64Guest.Instance, "X", "add x2, x1, #7", 0x91002022, 0x91000424, 0x91001C22, 0x91000443, 0xF90000A3, 0xF94000A6, 0xD4000001),
        new(AlphaGuest.Instance, "R", "addq t0,0x7,t1", 0x40211402, 0x40203404, 0x4020F402, 0x40403403, 0xB4650000, 0xA4C50000, 0x00000083),
    ];

    public static TheoryData<string, int> Broken
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (Sample sample in s_samples)
            {
                for (int engine = 0; engine < 3; engine++)
                {
                    data.Add(sample.Guest.Name, engine);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData("aarch64", 128)]
    [InlineData("aarch64", 1)]
    [InlineData("alpha", 128)]
    [InlineData("alpha", 1)]
    public void All_three_agree(string guest, int instructions)
    {
        Sample sample = s_samples.First(s => s.Guest.Name == guest);
        using UserMachine machine = Create(sample, Engines(sample.Guest), instructions, out Vcpu vcpu, out StoppingKernel kernel);
        machine.Run(vcpu);
        Assert.Equal(ExceptionKind.Syscall, kernel.Exception.Kind);
        Assert.Equal(5UL + 7 + 1, vcpu.GetRegister(sample.Register + 6));
    }

    /// <summary>
    /// A TB is left behind an instruction that makes its key another than the next was translated with, by all engines at the same place: fldpi; fsincos; faddp; fld1;
    /// fxtract; faddp; fld1; fchs; fsqrt; pushfq; popfq; syscall.
    /// </summary>
    [Theory]
    [InlineData(128)]
    [InlineData(1)]
    public void All_three_agree_on_changes_of_the_key(int instructions)
    {
        IGuest guest = X86Guest.Intel64;
        byte[] code = Convert.FromHexString("D9EBD9FBDEC1D9E8D9F4DEC1D9E8D9E0D9FA9C9D0F05");
        using UserMachine machine = Create(guest, code, Engines(guest), instructions, out Vcpu vcpu, out StoppingKernel kernel);
        vcpu.SetRegister("RSP", Data + 0x1000);
        machine.Run(vcpu);
        Assert.Equal(ExceptionKind.Syscall, kernel.Exception.Kind);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_engine_is_found_at_its_instruction(string guest, int broken)
    {
        Sample sample = s_samples.First(s => s.Guest.Name == guest);
        ITcgBackend[] engines = Engines(sample.Guest);
        engines[broken] = new BrokenBackend(engines[broken], sample.Words[1], sample.WrongWord);
        using UserMachine machine = Create(sample, engines, instructions: 128, out Vcpu vcpu, out _);
        string report = Assert.Throws<LockstepException>(() => machine.Run(vcpu)).Message;

        // The first engine is what each other is compared with.
        string right = $"{sample.Register}2: {12:x16}";
        string wrong = $"{sample.Register}2: {13:x16}";
        Assert.StartsWith($"lockstep: {engines[0].Name} and {engines[Math.Max(1, broken)].Name} differ in {(broken == 0 ? wrong : right)}", report, StringComparison.Ordinal);
        Assert.Contains($"\n> {Code + 4:x}: {sample.Text}\n", report, StringComparison.Ordinal);
        foreach (string heading in new[] { "before", engines[0].Name, engines[Math.Max(1, broken)].Name, "ops" })
        {
            Assert.Contains($"\n{heading}:\n", report, StringComparison.Ordinal);
        }

        Assert.Contains($"---- {Code + 4:x16}", report, StringComparison.Ordinal);
    }

    private static ITcgBackend[] Engines(IGuest guest) => [new OracleBackend(GuestOracle.Of(guest)!, guest), new InterpreterBackend(), new IlBackend()];

    private static UserMachine Create(Sample sample, ITcgBackend[] engines, int instructions, out Vcpu vcpu, out StoppingKernel kernel)
    {
        UserMachine machine = Create(sample.Guest, MemoryMarshal.AsBytes<uint>(sample.Words), engines, instructions, out vcpu, out kernel);
        vcpu.SetRegister(sample.Register + 1, 5);
        vcpu.SetRegister(sample.Register + 5, Data);
        return machine;
    }

    private static UserMachine Create(IGuest guest, ReadOnlySpan<byte> code, ITcgBackend[] engines, int instructions, out Vcpu vcpu, out StoppingKernel kernel)
    {
        kernel = new StoppingKernel();
        RuntimeOptions options = new() { Threads = ThreadModel.Single, MaxInsns = instructions };
        UserMachine machine = new(guest, options, new LockstepBackend(engines), hot: null, kernel);
        foreach (ulong address in new[] { Code, Data })
        {
            machine.Memory.Map(
                address, 0x4000, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed);
        }

        Assert.True(machine.Memory.TryWrite(Code, code));
        vcpu = machine.CreateVcpu();
        vcpu.Pc = Code;
        return machine;
    }
}
