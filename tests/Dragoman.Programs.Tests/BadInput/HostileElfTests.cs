using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Files that are not programs, and programs whose headers lie: never a crash of the emulator, never a hang.</summary>
public sealed class HostileElfTests
{
    // The long run may share the machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(TestFolders.Long ? 60 : 20);

    [GuestFact]
    public void Every_header_field_may_be_wrong() => Mutate(GuestMachine.AArch64, 7);

    [GuestFact(GuestMachine.AlphaName)]
    public void Every_header_field_of_Alpha_may_be_wrong() => Mutate(GuestMachine.Alpha, 31);

    [GuestFact(GuestMachine.X64Name)]
    public void Every_header_field_of_x64_may_be_wrong() => Mutate(GuestMachine.X64, 37);

    [GuestFact(GuestMachine.I386Name)]
    public void Every_header_field_of_i386_may_be_wrong() => Mutate(GuestMachine.I386, 29);

    // Everyday one in so many mutations, always the same, all of them in the long run: each starts a process.
    private static void Mutate(GuestMachine guest, int everydayShare)
    {
        byte[] original = File.ReadAllBytes(Program(guest));
        List<string> failures = [];
        int index = 0;
        foreach ((string change, byte[] bytes) in ElfMutations.Of(original))
        {
            if (index++ % everydayShare != 0 && !TestFolders.Long)
            {
                continue;
            }

            ProcessResult result = RunBytes(bytes);

            // A program with a lock that is taken from the start waits for ever on the host too.
            if (result.TimedOut && guest.HasHost && RunOnHost(bytes).TimedOut)
            {
                continue;
            }

            string error = result.ErrorText;
            bool traced = error.Contains("   at ") || error.Contains("nhandled exception") || error.Contains("Fatal error") || error.Contains("Exception:");
            // Besides our one line there may be what the program itself said before it died.
            string[] lines = error.TrimEnd('\n').Split('\n');
            bool explained = result.ExitCode == 0 || lines.Length == 1 && error.Length > 10 || lines.Count(line => line.StartsWith("dragoman: ", StringComparison.Ordinal)) == 1;
            if (result.TimedOut || traced || !explained)
            {
                failures.Add($"{change}: {result}");
            }
        }

        Assert.True(index > 300, $"only {index} mutations");
        Assert.True(failures.Count == 0, $"{failures.Count} mutations:\n{string.Join('\n', failures.Take(10))}");
    }

    [GuestTheory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(119)]
    [InlineData(300)]
    public void A_truncated_header_is_refused(int length) =>
        Refusal.AssertOneLine(RunBytes(File.ReadAllBytes(GuestCompiler.Build("varargs", "-O2"))[..length]));

    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData(63)]
    [InlineData(65)]
    public void A_truncated_header_of_Alpha_is_refused(int length) =>
        Refusal.AssertOneLine(RunBytes(File.ReadAllBytes(GuestCompiler.Build("varargs", "-O2", GuestMachine.Alpha))[..length]));

    [GuestTheory]
    [InlineData(4096)]
    [InlineData(100000)]
    public void A_truncated_body_dies_or_is_refused(int length) => Truncate(length, GuestMachine.AArch64);

    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData(8192)]
    [InlineData(100000)]
    public void A_truncated_body_of_Alpha_dies_or_is_refused(int length) => Truncate(length, GuestMachine.Alpha);

    [GuestTheory(GuestMachine.X64Name)]
    [InlineData(4096)]
    public void A_truncated_body_of_x64_dies_or_is_refused(int length) => Truncate(length, GuestMachine.X64);

    [GuestTheory(GuestMachine.I386Name)]
    [InlineData(51)]
    [InlineData(4096)]
    public void A_truncated_body_of_i386_dies_or_is_refused(int length) => Truncate(length, GuestMachine.I386);

    private static void Truncate(int length, GuestMachine guest)
    {
        ProcessResult result = RunBytes(File.ReadAllBytes(Program(guest))[..length]);
        Refusal.AssertNoTrace(result);
        Assert.True(result.ExitCode != 0 && result.ErrorText.TrimEnd('\n').Split('\n').Length == 1, result.ToString());
    }

    // i386 has no integers of 128 bits, which varargs has.
    private static string Program(GuestMachine guest) => GuestCompiler.Build(guest == GuestMachine.I386 ? "print-integers" : "varargs", "-O2", guest);

    private static ProcessResult RunBytes(byte[] bytes) => RunAsFile(bytes, file => DragomanCommand.Run(file, limit: s_limit));

    private static ProcessResult RunOnHost(byte[] bytes) => RunAsFile(bytes, file =>
    {
        ProcessRunner.Run(["chmod", "500", file]);
        return ProcessRunner.Run([file], limit: s_limit);
    });

    private static ProcessResult RunAsFile(byte[] bytes, Func<string, ProcessResult> run)
    {
        string file = Path.Combine(Path.GetTempPath(), $"dragoman-elf-{Guid.NewGuid():N}");
        File.WriteAllBytes(file, bytes);
        try
        {
            return run(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
