using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>The guest programs built for Alpha (EV67): static, at -O2 and -O0, and some with Alpha's dynamic linker and libraries.</summary>
public sealed class AlphaGuestTests : GuestProgramTests
{
    /// <summary>Inline assembly for other machines.</summary>
    private static readonly string[] s_others = ["rounding", "vectors"];

    /// <summary>
    /// qemu-alpha 7.2 is no witness here, and what Linux prints is not written down yet: AT_CLKTCK and AT_PLATFORM, MAP_FIXED_NOREPLACE and the end of a
    /// file's last page, programs that execute others, code written through a second mapping, and the sign of a default NaN.
    /// </summary>
    private static readonly string[] s_withoutWitness = ["environment", "mapping", "processes", "faults", "self-modifying", "maths"];

    public static TheoryData<string> Programs => new(All.Except(s_others).Except(s_withoutWitness));

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(Programs))]
    public void Optimized_runs_as_under_qemu(string name) => Check(name, "-O2", [], GuestMachine.Alpha);

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(Programs))]
    public void Plain_runs_as_under_qemu(string name) => Check(name, "-O0", [], GuestMachine.Alpha);

    /// <summary>Oracle, interpreter and IL side by side: each instruction that these programs execute means the same to all three.</summary>
    [WitnessTheory(GuestMachine.AlphaName)]
    [InlineData("print-integers")]
    [InlineData("varargs")]
    public void Lockstep_runs_as_under_qemu(string name) => Check(name, "-O2", ["--backend", "lockstep"], GuestMachine.Alpha);

    [WitnessTheory(GuestMachine.AlphaName)]
    [InlineData("print-floats")]
    [InlineData("threads")]
    [InlineData("signals")]
    public void Dynamic_runs_as_under_qemu(string name) => Check(name, "-O2 -dynamic", ["-L", GuestMachine.Alpha.Prefix], GuestMachine.Alpha);
}
