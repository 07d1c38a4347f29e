namespace Dragoman.Linux.Tests.Programs;

/// <summary>What a program is started with, and where its messages go: shells, limits and closed descriptors of the host.</summary>
public sealed class HostWorldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-host").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ProgramFact]
    public void WordsArriveByteForByteAndInOrder()
    {
        var spawn = GuestProgram.BuildNative("spawn");
        var expected = GuestProgram.Start(spawn, [GuestProgram.BuildNative("words"), "\u00fc"]);
        var result = GuestProgram.Start(spawn, [GuestProgram.Dragoman, "run", GuestProgram.Build("words"), "\u00fc"]);
        Assert.Contains("argument: ff fe c3 bc\n", expected.Output);
        Assert.Equal(expected, result);
    }

    [ProgramFact]
    public void ChangesOfTheEnvironmentKeepItsOrder()
    {
        var result = GuestProgram.Start(
            "env", ["-i", "B=1", "A=2", "C=3", GuestProgram.Dragoman, "run", "-E", "B", "-E", "A=4", "-E", "D=5", GuestProgram.Build("words")]);
        Assert.Equal("variable: 43 3d 33\nvariable: 41 3d 34\nvariable: 44 3d 35\n", result.Output);
    }

    /// <summary>The launcher is a script of bash, which makes variables of its own: those are no guest's.</summary>
    [Fact]
    public void TheLauncherNamesWhatBashHasAdded()
    {
        var launcher = Path.Combine(_folder, "dragoman");
        File.Copy(Path.Combine(GuestProgram.Root, "dragoman"), launcher);
        foreach (var needed in new[] { "src", "generators", "isa", "out/dragoman" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, needed));
        }

        File.WriteAllText(Path.Combine(_folder, "Directory.Build.props"), "");
        var command = Path.Combine(_folder, "out/dragoman/dragoman");
        File.WriteAllText(command, "#!/bin/sh\nprintf '%s\\n' \"$DRAGOMAN_OWN_VARIABLES\"\n");
        Assert.Equal(0, GuestProgram.Start("chmod", ["+x", command]).Status);
        File.WriteAllText(Path.Combine(_folder, "out/dragoman/.stamp"), "");
        var path = "PATH=" + Environment.GetEnvironmentVariable("PATH");
        Assert.Equal("DOTNET_EnableWriteXorExecute,DOTNET_GCgen0size,PWD,OLDPWD,SHLVL,_\n", GuestProgram.Start("env", ["-i", path, launcher]).Output);
        Assert.Equal("DOTNET_EnableWriteXorExecute,DOTNET_GCgen0size,OLDPWD,_\n", GuestProgram.Start("env", ["-i", path, "PWD=/", "SHLVL=1", launcher]).Output);
        Assert.Equal("DOTNET_GCgen0size,PWD,OLDPWD,SHLVL\n", GuestProgram.Start("env", ["-i", path, "_=x", "DOTNET_EnableWriteXorExecute=1", launcher]).Output);
        Assert.Equal(",PWD,OLDPWD,SHLVL\n",
            GuestProgram.Start("env", ["-i", path, "_=x", "DOTNET_EnableWriteXorExecute=1", "DOTNET_GCgen0size=1000000", launcher]).Output);
    }

    [ProgramFact(Folder = "/usr/aarch64-linux-gnu")]
    public void ARelativePrefixSurvivesAChangeOfFolder()
    {
        var program = GuestProgram.Build("folder", "-no-pie", "-Wl,-Bdynamic", "-dynamic");
        var result = Shell($"cd /usr && exec \"$0\" run -L aarch64-linux-gnu {program}");
        Assert.Equal(new RunResult(0, "executed by a child\nstatus 0\nexecuted beside a thread\n", ""), result);
    }

    [ProgramFact]
    public void ARelativeLogStaysOneFile()
    {
        var result = Shell($"cd {_folder} && exec \"$0\" run --strace -D log {GuestProgram.Build("folder")}");
        Assert.Equal(new RunResult(0, "executed by a child\nstatus 0\nexecuted beside a thread\n", ""), result);
        Assert.Equal(3, File.ReadAllText(Path.Combine(_folder, "log")).Split("exit_group(0)").Length);
    }

    /// <summary>With a log, fork has no way but to write its state to a file.</summary>
    [ProgramTheory]
    [InlineData("")]
    [InlineData("--strace -D /dev/null")]
    public void AForkWhereNoFileMayBeWrittenDoesNotKillTheParent(string options)
    {
        var result = Shell($"exec \"$0\" run {options} {GuestProgram.Build("small-files")}");
        Assert.Equal(new RunResult(0, "goes on\n", ""), result);
    }

    [ProgramTheory]
    [InlineData("--strace", "2>&-")]
    [InlineData("--strace", "2>/dev/full")]
    [InlineData("--strace", "2> >(exec true; sleep 0)")]
    [InlineData("--strace -D /dev/full", "")]
    [InlineData("--stats", "2>&-")]
    [InlineData("--stats", "2>/dev/full")]
    public void ALogThatCannotBeWrittenIsLost(string options, string target)
    {
        var result = Shell($"exec \"$0\" run {options} {GuestProgram.Build("hello")} 3 {target}");
        Assert.Equal(3, result.Status);
        Assert.StartsWith("hello, world", result.Output);
    }

    [ProgramFact]
    public void ADeathIsADeathWithoutAWord()
    {
        foreach (var target in new[] { "2>&-", "2>/dev/full" })
        {
            Assert.Equal(143, Shell($"exec \"$0\" run {GuestProgram.Build("signals")} {target}").Status);
        }
    }

    private static RunResult Shell(string command) => GuestProgram.Start("bash", ["-c", command, GuestProgram.Dragoman]);
}
