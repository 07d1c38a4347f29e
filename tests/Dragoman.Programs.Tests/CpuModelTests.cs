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

    /// <summary>What a process sees of an Alpha's model; AT_HWCAP and AT_PLATFORM, which qemu-alpha has not, are those of arch/alpha/include/asm/elf.h.</summary>
    [WitnessTheory(GuestMachine.AlphaName)]
    [InlineData("ev4", "0 ev4")]
    [InlineData("ev5", "0 ev5")]
    [InlineData("ev56", "1 ev56")]
    [InlineData("pca56", "101 ev56")]
    [InlineData("ev6", "303 ev6")]
    [InlineData("ev67", "307 ev67")]
    [InlineData("ev68", "1307 ev67")]
    public void An_Alpha_model_has_the_extensions_that_qemu_gives_it(string model, string auxiliary)
    {
        ProcessResult expected = Witness.Run(AlphaProgram, options: ["-cpu", model], guest: GuestMachine.Alpha);
        ProcessResult actual = DragomanCommand.Run(AlphaProgram, ["auxiliary"], ["--cpu", model]);
        Assert.True(expected.OutputText + $"hwcap {auxiliary}\n" == actual.OutputText, $"{expected}\n{actual}");
    }

    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData("cortex-a53")]
    [InlineData("ev67,bwx")]
    public void An_unknown_Alpha_model_is_one_line(string model) => Refusal.AssertOneLine(DragomanCommand.Run(AlphaProgram, options: ["--cpu", model]));

    private static string AlphaProgram =>
        GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/CpuModels/extensions-alpha.c"), "-O1 -mcpu=ev4", GuestMachine.Alpha);

    private static string Program => GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/CpuModels/features.c"), "-O1");
}
