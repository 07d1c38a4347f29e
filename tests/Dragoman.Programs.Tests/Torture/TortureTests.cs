using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>
/// GCC's execute torture suite: every program ends under Dragoman as it does under the guest's qemu. The suite is dealt out into parts of about twenty
/// seconds each; everyday one part is run, always the same, and in the long run all of them.
/// </summary>
public abstract class TortureTests
{
    private const int PartCount = 69;

    // Prints addresses of its stack, which differ between any two systems: only its exit status is compared.
    private const string PrintsAddresses = "return-addr.c";

    /// <summary>The parts to run: <paramref name="everyday"/> alone, or all.</summary>
    protected static TheoryData<int> Chosen(int everyday) => new(TestFolders.Long ? Enumerable.Range(0, PartCount) : [everyday]);

    protected static void Run(string flags, int part, GuestMachine? guest = null)
    {
        string[] files = [.. TortureCases.Files.Where((_, index) => index % PartCount == part)];
        Assert.True(files.Length > 15, $"only {files.Length} files found");
        List<string> failures = [];
        int compared = 0;
        foreach (string file in files)
        {
            (string program, ProcessResult build) = GuestCompiler.TryBuild(file, flags + " -w" + TortureCases.Options(file), guest);
            if (build.ExitCode != 0)
            {
                // Sources for other targets, or that need an option the suite's driver would add.
                continue;
            }

            ProcessResult expected = Witness.Run(program, guest: guest), actual = DragomanCommand.Run(program);
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
