using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>
/// The programs of the Guests folder, each a subject of its own, against qemu running the same file. Where qemu is wrong or cannot do it,
/// Guests/expected (for other guests a folder in it) holds what Linux does instead; README.md there says why.
/// </summary>
public abstract class GuestProgramTests
{
    protected static void Check(string name, string flags, string[] options, GuestMachine? guest = null)
    {
        guest ??= GuestMachine.AArch64;
        string program = GuestCompiler.Build(name, flags, guest);
        string[] arguments = name is "environment" or "proc-self" ? ["one", "", "-x", "--", "two words", "\u00fc"] : [];
        (string, string?)[] environment = [("DRAGOMAN_TEST_ONE", "a = b"), ("DRAGOMAN_TEST_EMPTY", ""), ("TZ", null)];
        string known = Path.Combine(TestFolders.Guests, guest == GuestMachine.AArch64 ? "expected" : $"expected/{guest.Name}", name + ".txt");
        ProcessResult actual = DragomanCommand.Run(program, arguments, options, environment: environment);
        ProcessResult expected = File.Exists(known)
            ? new ProcessResult(known, 0, false, File.ReadAllBytes(known), [])
            : Witness.Run(program, arguments, options: options.Where((option, i) => option == "-L" || (i > 0 && options[i - 1] == "-L")), environment: environment, guest: guest);
        Assert.False(expected.TimedOut, "the witness is over its time limit: " + expected);
        Witness.AssertSame(expected, actual);
    }

    /// <summary>Names of all programs.</summary>
    public static IEnumerable<string> All => Directory.GetFiles(TestFolders.Guests, "*.c").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);
}
