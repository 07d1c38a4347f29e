using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>The guest programs built for Alpha (EV67) at -O0: static, and in the long run dynamic too.</summary>
public sealed class AlphaPlainGuestTests : GuestProgramTests
{
    public static TheoryData<string> Programs => new(OfAlpha);

    public static TheoryData<string> DynamicPrograms => new(TestFolders.Long ? OfAlpha : ["atomics", "varargs"]);

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(Programs))]
    public void Runs_as_under_qemu(string name) => Check(name, "-O0", [], GuestMachine.Alpha);

    [WitnessTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(DynamicPrograms))]
    public void Dynamic_runs_as_under_qemu(string name) => Check(name, "-O0 -dynamic", ["-L", GuestMachine.Alpha.Prefix], GuestMachine.Alpha);
}
