using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>
/// The programs of the Guests folder, each a subject of its own, against qemu-aarch64 running the same file. Where qemu-aarch64 is wrong or
/// cannot do it, Guests/expected holds what Linux does instead (README.md there says why).
/// </summary>
public abstract class GuestProgramTests
{
    protected static void Check(string name, string flags, string[] options)
    {
        string program = GuestCompiler.Build(name, flags);
        string[] arguments = name is "environment" or "proc-self" ? ["one", "", "-x", "--", "two words", "\u00fc"] : [];
        (string, string?)[] environment = [("DRAGOMAN_TEST_ONE", "a = b"), ("DRAGOMAN_TEST_EMPTY", ""), ("TZ", null)];
        string known = Path.Combine(TestFolders.Guests, "expected", name + ".txt");
        ProcessResult actual = DragomanCommand.Run(program, arguments, options, environment: environment);
        ProcessResult expected = File.Exists(known)
            ? new ProcessResult(known, 0, false, File.ReadAllBytes(known), [])
            : Witness.Run(program, arguments, environment: environment);
        Assert.False(expected.TimedOut, "the witness is over its time limit: " + expected);
        Witness.AssertSame(expected, actual);
    }

    /// <summary>Names of all programs.</summary>
    public static IEnumerable<string> All => Directory.GetFiles(TestFolders.Guests, "*.c").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);
}
