namespace Dragoman.Programs.Tests.Running;

/// <summary>What of an x86 the host's kernel shows its processes: a paravirtual one may neither run programs of 32 bits nor be entered as the processor does it.</summary>
public static class HostKernel
{
    private static readonly Lazy<bool> s_runsI386 = new(static () => Ends("runs", GuestMachine.I386));
    private static readonly Lazy<bool> s_isPlain = new(static () => Ends("enters", GuestMachine.X64));

    /// <summary>Whether it runs i386 programs.</summary>
    public static bool RunsI386 => s_runsI386.Value;

    /// <summary>Why a program of that guest has no witness in the host, where it looks at how the kernel is entered; or null.</summary>
    public static string? Hides(GuestMachine guest) =>
        guest == GuestMachine.I386 && !RunsI386 ? "the host's kernel runs no i386 programs"
        : guest == GuestMachine.X64 && !s_isPlain.Value ? "the host's kernel is not entered as the processor does it"
        : null;

    private static bool Ends(string probe, GuestMachine guest)
    {
        if (guest.Compiler.Path is null)
        {
            return false;
        }

        string program = GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, "tests/Dragoman.Programs.Tests/Running/Probes", probe + ".c"), "-O1 -w", guest);
        return ProcessRunner.Run(["env", program]).ExitCode == 0;
    }
}
