using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Torture;

/// <summary>The C files of GCC's execute torture suite, out of Debian's gcc-12-source; null where the archive cannot be reached.</summary>
public static partial class TortureCases
{
    private static readonly Lazy<string?> Suite = new(Find);

    /// <summary>Folder of the suite.</summary>
    public static string? Folder => Suite.Value;

    /// <summary>Every C file, sorted.</summary>
    public static string[] Files => Folder is { } folder
        ? [.. Directory.GetFiles(folder, "*.c").Concat(Directory.GetFiles(Path.Combine(folder, "ieee"), "*.c")).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The compiler options that a program asks for itself (dg-options); those for some targets alone are left out. Without -fwrapv some never end.</summary>
    public static string Options(string file) => string.Concat(DemandedOptions().Matches(File.ReadAllText(file, Encoding.Latin1)).Select(match => " " + match.Groups["options"].Value));

    [GeneratedRegex("""\{ dg-(additional-)?options (\{ )?"(?<options>[^"]*)"( \})? +\}""")]
    private static partial Regex DemandedOptions();

    private static string? Find()
    {
        string unpacked = Path.Combine(TestFolders.Cache, "gcc-torture");
        string suite = Path.Combine(unpacked, "gcc/testsuite/gcc.c-torture/execute");
        if (Directory.Exists(suite))
        {
            return suite;
        }

        if (DebianArchive.Unpacked("gcc-12-source", "amd64") is not { } package)
        {
            return null;
        }

        string archive = Directory.GetFiles(Path.Combine(package, "usr/src/gcc-12"), "gcc-12*.tar.xz").Single(), partial = unpacked + ".partial";
        Directory.CreateDirectory(partial);
        ProcessResult result = ProcessRunner.Run(
            ["tar", "-xJf", archive, "-C", partial, "--strip-components=1", "--wildcards", "*/gcc.c-torture/execute/*"], limit: TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, result.ToString());
        Directory.Move(partial, unpacked);
        return suite;
    }
}
