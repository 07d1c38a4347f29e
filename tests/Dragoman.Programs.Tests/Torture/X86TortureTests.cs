using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite built for x86-64 and i386, against the host: everyday a part at -O2, in the long run all of it, at -O0 too.</summary>
public sealed class X86TortureTests : TortureTests
{
    public static TheoryData<string, int> X64Parts => Parts(everyday: 11);

    /// <summary>x87 and stack arguments, of which x86-64 programs have few.</summary>
    public static TheoryData<string, int> I386Parts => Parts(everyday: 5);

    [TortureTheory(GuestMachine.X64Name)]
    [MemberData(nameof(X64Parts))]
    public void X64_programs_end_as_on_the_host(string flags, int part) => Run(flags, part, GuestMachine.X64);

    [TortureTheory(GuestMachine.I386Name)]
    [MemberData(nameof(I386Parts))]
    public void I386_programs_end_as_on_the_host(string flags, int part) => Run(flags, part, GuestMachine.I386);

    private static TheoryData<string, int> Parts(int everyday)
    {
        TheoryData<string, int> parts = [];
        foreach (string flags in TestFolders.Long ? (string[])["-O2", "-O0"] : ["-O2"])
        {
            foreach (object[] row in (IEnumerable<object[]>)Chosen(everyday))
            {
                parts.Add(flags, (int)row[0]);
            }
        }

        return parts;
    }
}
