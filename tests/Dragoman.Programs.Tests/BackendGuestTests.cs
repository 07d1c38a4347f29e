using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Guest programs under each backend alone, and under the options that change how code is translated.</summary>
public sealed class BackendGuestTests : GuestProgramTests
{
    private static readonly string[][] Choices =
    [
        ["--backend", "interpreter"],
        ["--backend", "il"],
        ["--thread", "single"],
        ["-d", "nochain", "-D", "/dev/null"],
        ["--one-insn-per-tb"],
    ];

    // Forks dozens of host processes, whatever runs them: everyday under two of the choices.
    private static readonly string[] LongSubjects = ["processes"];

    private static readonly string[] Subjects = ["faults", "print-integers", "processes", "self-modifying", "signals", "threads", "vectors", "wide-integers"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string[] options in Choices)
            {
                foreach (string subject in Subjects)
                {
                    if (TestFolders.Long || options[^1] is "il" or "single" || !LongSubjects.Contains(subject))
                    {
                        cases.Add(subject, string.Join(' ', options));
                    }
                }
            }

            return cases;
        }
    }

    [WitnessTheory]
    [MemberData(nameof(Cases))]
    public void Runs_as_under_qemu(string name, string options) => Check(name, "-O2", options.Split(' '));

    /// <summary>Oracle, interpreter and IL side by side: each instruction that these programs execute means the same to all three.</summary>
    [WitnessTheory]
    [InlineData("print-integers")]
    [InlineData("varargs")]
    [InlineData("vectors")]
    public void Lockstep_runs_as_under_qemu(string name) => Check(name, "-O2", ["--backend", "lockstep"]);

    /// <summary>LSE atomics instead of the outline helpers' choice, and exclusives alone.</summary>
    [WitnessTheory]
    [InlineData("-O2 -march=armv8.1-a")]
    [InlineData("-O2 -mno-outline-atomics")]
    public void Atomics_run_as_under_qemu(string flags) => Check("atomics", flags, []);
}
