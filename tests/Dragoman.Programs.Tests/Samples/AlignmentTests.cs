using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Samples;

/// <summary>The demo's program: its scores with 1, 2 and 4 threads, from the committed file and from a fresh build.</summary>
public sealed class AlignmentTests
{
    private static readonly string Sample = Path.Combine(TestFolders.Repository, "samples/needleman-wunsch");

    private static void Check(string program, int length, int threads, int score)
    {
        ProcessResult result = DragomanCommand.Run(program, ["-n", $"{length}", "-t", $"{threads}"], limit: TimeSpan.FromSeconds(120));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains($"{score}", result.OutputText);
    }

    [Theory]
    [InlineData(3200, 1, 4924)]
    [InlineData(3200, 2, 4924)]
    [InlineData(3200, 4, 4924)]
    [InlineData(6400, 2, 9968)]
    public void The_committed_program_finds_the_score(int length, int threads, int score) => Check(Path.Combine(Sample, "nw.aarch64"), length, threads, score);

    [Theory]
    [InlineData(3200, 1, 4924)]
    [InlineData(3200, 2, 4924)]
    public void The_committed_program_for_Alpha_finds_the_score(int length, int threads, int score) => Check(Path.Combine(Sample, "nw.alpha"), length, threads, score);

    [GuestFact(GuestMachine.AlphaName)]
    public void A_fresh_build_for_Alpha_finds_the_score() => Check(GuestCompiler.BuildFile(Path.Combine(Sample, "nw.c"), "-O2", GuestMachine.Alpha), 3200, 2, 4924);

    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    public void The_demo_checks_what_a_guest_computes(string guest)
    {
        ProcessResult result = DragomanCommand.Invoke(["demo", "--guest", guest, "--length", "100", "--vcpus", "1"], folder: TestFolders.Repository, limit: TimeSpan.FromSeconds(120));
        Assert.True(result.ExitCode == 0 && result.OutputText.Contains("right", StringComparison.Ordinal), result.ToString());
        Assert.DoesNotContain((char)27, result.OutputText);
    }

    [GuestFact]
    public void A_fresh_build_finds_the_score() => Check(GuestCompiler.BuildFile(Path.Combine(Sample, "nw.c"), "-O2"), 3200, 2, 4924);

    [GuestTheory]
    [InlineData("-O0")]
    [InlineData("-O3 -march=armv8.1-a")]
    public void Other_code_finds_the_score(string flags) => Check(GuestCompiler.BuildFile(Path.Combine(Sample, "nw.c"), flags), 1600, 2, 2507);
}
