using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>GCC's execute torture suite: every program ends under Dragoman as it does under qemu-aarch64.</summary>
public abstract class TortureTests
{
    // A twenty-third of the suite everyday, the same one each time; all of it in the long run.
    private const int EverydayShare = 23;

    // Prints addresses of its stack, which differ between any two systems: only its exit status is compared.
    private const string PrintsAddresses = "return-addr.c";

    protected static void Run(string flags, int offset)
    {
        string[] files = [.. TortureCases.Files.Where((_, index) => TestFolders.Long || index % EverydayShare == offset)];
        Assert.True(files.Length > 50, $"only {files.Length} files found");
        List<string> failures = [];
        int compared = 0;
        foreach (string file in files)
        {
            (string program, ProcessResult build) = GuestCompiler.TryBuild(file, flags + " -w");
            if (build.ExitCode != 0)
            {
                // Sources for other targets, or that need an option the suite's driver would add.
                continue;
            }

            ProcessResult expected = Witness.Run(program), actual = DragomanCommand.Run(program);
            compared++;
            if (actual.TimedOut || expected.ExitCode != actual.ExitCode
                || (Path.GetFileName(file) != PrintsAddresses && !expected.Output.AsSpan().SequenceEqual(actual.Output)))
            {
                failures.Add($"{Path.GetFileName(file)} {flags}: exit {expected.ExitCode} expected\n{actual}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {compared} programs differ:\n{string.Join('\n', failures.Take(20))}");
        Assert.True(compared > files.Length * 9 / 10, $"only {compared} of {files.Length} programs compile");
    }
}
