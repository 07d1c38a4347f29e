using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Guests that do wrong: they die of the signal that Linux gives, with one line, and the host's memory is never touched.</summary>
public sealed class WildGuestTests
{
    private const int Illegal = 4, Trap = 5, Abort = 6, Bus = 7, Segmentation = 11;

    // Kinds of places where nothing is: low, kernel half, negative, at and past the end of a 46, 47 and 48-bit space, non-canonical, and where a host has its own memory.
    private static readonly string[] Nowhere =
    [
        "0", "0x123", "0xffffffffffffffff", "0xfffffffffffffff0", "0xffff000000000000", "0x8000000000000000", "0x400000000000", "0x3fffffffffff", "0x7ffffffffff8", "0x800000000000",
        "0x1000000000000", "0xfffffffff000", "0x00ff000000000000", "0x7fffffffffff",
    ];

    private static readonly string[] Backends = ["interpreter", "il"];

    public static TheoryData<string, int> Signals
    {
        get
        {
            TheoryData<string, int> cases = [];
            int turn = 0;
            foreach (string place in Nowhere)
            {
                foreach (int size in (int[])[1, 2, 4, 8, 16, 32])
                {
                    // Loads and stores in turns: half of the pairs, each place and each size with both.
                    cases.Add($"at {place} {size} {turn++ % 2}", Segmentation);
                }

                turn++;

                // Alignment comes before translation, for fetches and for exclusives.
                bool aligned = (Convert.ToUInt64(place[^1..], 16) & 7) == 0;
                cases.Add($"jump {place}", aligned ? Segmentation : Bus);
                cases.Add($"atomic {place}", aligned ? Segmentation : Bus);
            }

            foreach (int size in (int[])[2, 4, 8, 16, 32])
            {
                cases.Add($"edge - {size} 0", Segmentation);
                cases.Add($"edge - {size} 1", Segmentation);
                cases.Add($"past-file - {size} {size / 2 % 2}", Bus);
            }

            cases.Add("undefined", Illegal);
            cases.Add("breakpoint", Trap);
            cases.Add("abort", Abort);
            cases.Add("recurse", Segmentation);
            cases.Add("stack-pointer 0x10", Segmentation);
            cases.Add("stack-pointer 0xffff000000000000", Segmentation);
            return cases;
        }
    }

    [GuestTheory]
    [MemberData(nameof(Signals))]
    public void Dies_of_its_signal(string deed, int signal)
    {
        string backend = Backends[deed.Length % 2];
        ProcessResult result = DragomanCommand.Run(Program, deed.Split(' '), ["--backend", backend]);
        Refusal.AssertSignal(signal, result);
        Assert.DoesNotContain("survived", result.OutputText);
    }

    [GuestTheory]
    [InlineData("tagged", 0)]
    [InlineData("inside - 1 0", 0)]
    [InlineData("inside - 16 1", 0)]
    [InlineData("inside - 32 0", 0)]
    [InlineData("system-call 0x10", 55)]
    [InlineData("system-call 0xffff000000000000", 55)]
    [InlineData("system-call 0x400000000000", 55)]
    [InlineData("system-call 0x7fffffff0000", 55)]
    public void Goes_on(string deed, int status)
    {
        ProcessResult result = DragomanCommand.Run(Program, deed.Split(' '));
        Assert.True(result.ExitCode == status && result.ErrorOutput.Length == 0, result.ToString());
    }

    private static string Program => GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/BadInput/wild.c"), "-O1 -w");
}
