using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Every guest program at -O0, under the default backend.</summary>
public sealed class PlainGuestTests : GuestProgramTests
{
    public static TheoryData<string> Programs => new(All);

    [WitnessTheory]
    [MemberData(nameof(Programs))]
    public void Runs_as_under_qemu(string name) => Check(name, "-O0", []);
}
