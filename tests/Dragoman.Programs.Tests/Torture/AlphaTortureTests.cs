using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>The torture suite built for Alpha: everyday a part of it at -O2, in the long run all of it, at -O0 too.</summary>
public sealed class AlphaTortureTests : TortureTests
{
    public static TheoryData<string, int> Parts
    {
        get
        {
            TheoryData<string, int> parts = [];
            foreach (string flags in TestFolders.Long ? (string[])["-O2", "-O0"] : ["-O2"])
            {
                foreach (object[] row in (IEnumerable<object[]>)Chosen(everyday: 8))
                {
                    parts.Add(flags, (int)row[0]);
                }
            }

            return parts;
        }
    }

    [TortureTheory(GuestMachine.AlphaName)]
    [MemberData(nameof(Parts))]
    public void Programs_end_as_under_qemu(string flags, int part) => Run(flags, part, GuestMachine.Alpha);
}
