namespace Dragoman.Linux.Tests.Programs;

/// <summary>C programs that say what they see, compiled for the guest, against the same under QEMU or compiled for the host.</summary>
public sealed class ProgramTests
{
    private const string Prefix = "/usr/aarch64-linux-gnu";

    [ProgramFact]
    public void HelloPassesArgumentsInputEnvironmentAndStatus()
    {
        var result = GuestProgram.Run(GuestProgram.Build("hello"), ["3", "a b"], input: "one\ntwo\n");
        Assert.Equal("hello, world 3.142\nargv[1] = 3\nargv[2] = a b\nread 4: one\nread 4: two\nenvironment: given\n", result.Output);
        Assert.Equal("", result.Error);
        Assert.Equal(3, result.Status);
    }

    /// <summary>Nothing in these depends on the machine: the host itself is the witness.</summary>
    [ProgramTheory]
    [InlineData("threads")]
    [InlineData("processes")]
    [InlineData("events")]
    [InlineData("leader")]
    [InlineData("robust")]
    [InlineData("ranges")]
    public void BehavesAsOnTheHost(string name)
    {
        var expected = GuestProgram.Start(GuestProgram.BuildNative(name), []);
        var result = GuestProgram.Run(GuestProgram.Build(name));
        Assert.Equal(expected.Output, result.Output);
        Assert.Equal(expected.Status, result.Status);
    }

    [ProgramTheory(NeedsQemu = true)]
    [InlineData("signals")]
    [InlineData("memory")]
    public void BehavesAsUnderQemu(string name)
    {
        var program = GuestProgram.Build(name);
        var expected = GuestProgram.RunQemu(program);
        var result = GuestProgram.Run(program);
        Assert.Equal(expected.Output, result.Output);
        Assert.Equal(name == "signals" ? 128 + 15 : 0, result.Status);
    }

    [ProgramFact(Folder = Prefix)]
    public void DynamicProgramsRunUnderAPrefix()
    {
        var program = GuestProgram.Build("hello", "-no-pie", "-Wl,-Bdynamic", "-dynamic");
        var result = GuestProgram.Run(program, options: ["-L", Prefix]);
        Assert.StartsWith("hello, world", result.Output);
        Assert.Equal(0, result.Status);
    }

    [ProgramFact]
    public void ADeathBySignalIsOneLineAndTheStatusTellsIt()
    {
        var result = GuestProgram.Run(GuestProgram.Build("signals"));
        Assert.Equal(143, result.Status);
        Assert.Equal("dragoman: guest killed by signal 15 (SIGTERM)\n", result.Error);
    }
}
