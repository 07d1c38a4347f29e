namespace Dragoman.Linux.Tests.Programs;

/// <summary>What cannot be run gets one line and a status, never a stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void AMissingFile() => Refuses("/nonexistent/program", 127, "dragoman: /nonexistent/program: no such file or directory\n");

    [Fact]
    public void ADirectory() => Refuses("/tmp", 126, "dragoman: /tmp: is a directory\n");

    [Fact]
    public void AProgramOfAMachineThatIsNoGuest()
    {
        const ushort RiscV = 243;
        var file = Elf.ElfBuilder.Executable();
        Elf.ElfBuilder.U16(file, 18, RiscV);
        RefusesFile(file, "ELF file for RISC-V 64, which is no guest here");
    }

    [Fact]
    public void AnEmptyFile() => RefusesFile([], "not an ELF file");

    [Fact]
    public void AHeaderAlone() => RefusesFile(Elf.ElfBuilder.Executable()[..64], "program headers lie outside the file");

    [Fact]
    public void ATruncatedProgram() => RefusesFile(Elf.ElfBuilder.Executable()[..0x1100], "lies outside the file (truncated?)");

    private void RefusesFile(byte[] bytes, string reason)
    {
        File.WriteAllBytes(_path, bytes);
        Refuses(_path, 126, $"dragoman: {_path}: {reason}\n");
    }

    private static void Refuses(string program, int status, string message)
    {
        if (GuestProgram.Missing is not null)
        {
            return;
        }

        var result = GuestProgram.Run(program);
        Assert.EndsWith(message[(message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..], result.Error);
        Assert.StartsWith(message[..message.LastIndexOf(": ", StringComparison.Ordinal)], result.Error);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(status, result.Status);
        Assert.Equal("", result.Output);
    }
}
