using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary><c>--cpu</c>: a model's features decide what AT_HWCAP, the ID registers and the instructions themselves say.</summary>
public sealed class CpuModelTests
{
    [WitnessTheory]
    [InlineData("cortex-a53")]
    [InlineData("cortex-a57")]
    [InlineData("cortex-a72")]
    [InlineData("cortex-a76")]
    [InlineData("neoverse-n1")]
    public void A_model_has_the_features_that_qemu_gives_it(string model)
    {
        ProcessResult actual = DragomanCommand.Run(Program, options: ["--cpu", model]);
        Witness.AssertSame(Witness.Run(Program, options: ["-cpu", model]), actual);
    }

    [GuestFact]
    public void Features_are_switched_one_by_one()
    {
        string all = DragomanCommand.Run(Program).OutputText;
        string without = DragomanCommand.Run(Program, options: ["--cpu", "max,lse=off,-sb"]).OutputText;
        Assert.DoesNotContain("is undefined", all);
        Assert.StartsWith("hwcap 2c10b9fb\n", all);
        Assert.Equal(["lse is undefined", "sb is undefined"], without.Split('\n').Where(line => line.EndsWith("is undefined", StringComparison.Ordinal)));
    }

    [Fact]
    public void Help_lists_models_and_features()
    {
        ProcessResult result = DragomanCommand.Invoke(["run", "--cpu", "help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("cortex-a72", result.OutputText);
        Assert.Contains("LSE", result.OutputText);
    }

    [GuestTheory]
    [InlineData("pentium")]
    [InlineData("max,warp=on")]
    [InlineData("max,lse")]
    [InlineData("")]
    public void An_unknown_model_is_one_line(string model) => Refusal.AssertOneLine(DragomanCommand.Run(Program, options: ["--cpu", model]));

    private static string Program => GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/CpuModels/features.c"), "-O1");
}
