using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>The guest programs built for Alpha (EV67) at -O2: static, and with Alpha's dynamic linker and libraries.</summary>
public sealed class AlphaGuestTests : GuestProgramTests
{
    public static TheoryData<string> Programs => new(OfAlpha);

    /// <summary>Everyday a few that lean on the libraries, or have threads.</summary>
    public static TheoryData<string> DynamicPrograms => new(TestFolders.Long ? OfAlpha : ["maths", "print-floats", "signals", "strings", "threads"]);

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(Programs))]
    public void Runs_as_under_qemu(string name) => Check(name, "-O2", [], GuestMachine.Alpha);

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(DynamicPrograms))]
    public void Dynamic_runs_as_under_qemu(string name) => Check(name, "-O2 -dynamic", ["-L", GuestMachine.Alpha.Prefix], GuestMachine.Alpha);

    /// <summary>Oracle, interpreter and IL side by side: each instruction that these programs execute means the same to all three.</summary>
    [WitnessTheory(GuestMachine.AlphaName)]
    [InlineData("print-integers")]
    [InlineData("varargs")]
    public void Lockstep_runs_as_under_qemu(string name) => Check(name, "-O2", ["--backend", "lockstep"], GuestMachine.Alpha);
}
