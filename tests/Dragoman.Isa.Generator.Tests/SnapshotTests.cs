namespace Dragoman.Isa.Generator.Tests;

/// <summary>
/// The emitted code of the small guests, compared with <c>Snapshots/</c>. A wanted change is taken over by running the tests with
/// <c>UPDATE_SNAPSHOTS=1</c> and reading the difference.
/// </summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData("decoder", "Tiny.Decoder.g.cs")]
    [InlineData("decoder", "Tiny.CpuModels.g.cs")]
    [InlineData("decoder", "Tiny.StaticFunctions.g.cs")]
    [InlineData("disassembler", "Tiny.Disassembler.g.cs")]
    [InlineData("frontend", "Tiny.GuestState.g.cs")]
    [InlineData("frontend", "Tiny.Frontend.g.cs")]
    [InlineData("frontend", "Tiny.Frontend.tiny.g.cs")]
    [InlineData("decoder", "Bytes.Instruction.g.cs")]
    [InlineData("decoder", "Bytes.ByteDecoder.g.cs")]
    [InlineData("disassembler", "Bytes.Disassembler.g.cs")]
    [InlineData("frontend", "Bytes.GuestState.g.cs")]
    [InlineData("frontend", "Bytes.Frontend.g.cs")]
    [InlineData("frontend", "Bytes.Frontend.bytes.g.cs")]
    public void Emitted_code_is_as_reviewed(string concern, string hintName)
    {
        string file = hintName.Split('.')[0].ToLowerInvariant() + ".isa";
        string guest = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guests", file));
        string emitted = new GeneratorRun(concern, ("/guest/" + file, guest)).Source(hintName);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Path.Combine(SourceDirectory(), "Snapshots", hintName + ".txt"), emitted);
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snapshots", hintName + ".txt")), emitted);
        }
    }

    private static string SourceDirectory([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
