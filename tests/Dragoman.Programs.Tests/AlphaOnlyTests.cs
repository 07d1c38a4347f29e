using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>The programs of the Alpha folder, which are about this guest alone.</summary>
public sealed class AlphaOnlyTests
{
    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData("-O2")]
    [InlineData("-O0")]
    [InlineData("-O2 -dynamic")]
    public void Locks_and_barriers_of_its_own_order_threads(string flags)
    {
        ProcessResult result = DragomanCommand.Run(Build("locks", flags), options: flags.EndsWith("-dynamic", StringComparison.Ordinal) ? ["-L", GuestMachine.Alpha.Prefix] : []);
        Assert.True(result.OutputText == "counted 80000 bytes 32 32 32 32\nconsumed wrong 0\n", result.ToString());
    }

    /// <summary>qemu-alpha keeps the setting, and completes every access all the same.</summary>
    [GuestFact(GuestMachine.AlphaName)]
    public void Misaligned_accesses_are_what_the_process_asked_for()
    {
        string[] fine = ["ldq eeff001122334455", "ldwu 6677", "stl 99aabbccddeeff77", "ldt ff77665544445566", "signal 10 code 1 at 4", "aligned ff"];
        string[] refused = ["signal 10 code 1 at 3", "signal 10 code 1 at 1", "signal 10 code 1 at 5", "signal 10 code 1 at 2", "signal 10 code 1 at 4", "aligned ff"];
        string[] skipped = ["ldq 0", "ldwu 0", "stl 99aabbccddeeff77", "ldt 0", "ldg 0", "aligned ff"];
        ProcessResult result = DragomanCommand.Run(Build("unaligned", "-O2"));
        Assert.Equal([.. fine, "set 0 get 1 4", .. refused, "set 0 get 1 2", .. skipped, "set 0 get 1 0", "ldq eeff776655444455", .. fine.Skip(1),
            "signal 11 code 2 at -3", "signal 11 code 2 at -2", ""], result.OutputText.Split('\n'));
    }

    /// <summary>do_entIF (arch/alpha/kernel/traps.c) compares all 64 bits of a0 with gentrap.h's reasons; what it does not know is SIGTRAP with TRAP_UNK.</summary>
    [GuestFact(GuestMachine.AlphaName)]
    public void Generated_traps_have_the_signals_of_their_reasons()
    {
        int[] codes = [2, 1, 4, 3, 5, 7, 6];
        string[] known = [.. codes.Select((code, i) => $"{-1 - i} signal 8 code {code}")];
        long[] unknown = [-8, -9, -10, -12, 0xFFFF_FFFF, -0xFFFF_FFFF, 1];
        ProcessResult result = DragomanCommand.Run(Build("gentrap", "-O2"));
        Assert.Equal([.. known.Prepend("0 signal 5 code 5"), .. unknown[..3].Select(Unknown), "-11 signal 8 code 14", .. unknown[3..].Select(Unknown), ""], result.OutputText.Split('\n'));

        static string Unknown(long reason) => $"{reason} signal 5 code 5";
    }

    /// <summary>The line has Alpha's number; the status is the host's, for a shell of the host.</summary>
    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData("30", "SIGUSR1", 10)]
    [InlineData("7", "SIGEMT", 16)]
    [InlineData("10", "SIGBUS", 7)]
    public void Deaths_have_alphas_numbers_and_names(string number, string name, int host)
    {
        ProcessResult result = DragomanCommand.Run(Build("killed", "-O2"), [number]);
        Assert.Equal(($"dragoman: guest killed by signal {number} ({name})\n", 128 + host), (result.ErrorText, result.ExitCode));
    }

    private static string Build(string name, string flags) =>
        GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, $"tests/Dragoman.Programs.Tests/Alpha/{name}.c"), flags, GuestMachine.Alpha);
}
