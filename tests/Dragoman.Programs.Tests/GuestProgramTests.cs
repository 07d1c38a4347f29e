using System.Runtime.Intrinsics.X86;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>
/// The programs of the Guests folder, each a subject of its own, against qemu running the same file. Where qemu is wrong or cannot do it,
/// Guests/expected holds what Linux does instead, in a folder of a guest's own where guests differ; README.md there says why.
/// </summary>
public abstract class GuestProgramTests
{
    protected static void Check(string name, string flags, string[] options, GuestMachine? guest = null)
    {
        guest ??= GuestMachine.AArch64;
        string program = GuestCompiler.Build(name, flags, guest);
        string[] arguments = name is "environment" or "proc-self" ? ["one", "", "-x", "--", "two words", "\u00fc"] : [];
        (string, string?)[] environment = [("DRAGOMAN_TEST_ONE", "a = b"), ("DRAGOMAN_TEST_EMPTY", ""), ("TZ", null)];
        if (name == "maths" && guest == GuestMachine.X64 && !Fma.IsSupported)
        {
            // The guest's C library would choose functions with fused multiply-add, whose last bits are others than those of the functions that a host without it has.
            environment = [.. environment, ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2")];
        }

        string expectations = Path.Combine(TestFolders.Guests, "expected"), known = Path.Combine(expectations, guest.Name, name + ".txt");
        known = File.Exists(known) ? known : Path.Combine(expectations, name + ".txt");
        ProcessResult actual = DragomanCommand.Run(program, arguments, options, environment: environment);
        ProcessResult expected = File.Exists(known)
            ? new ProcessResult(known, 0, false, File.ReadAllBytes(known), [])
            : Witness.Run(program, arguments, options: options.Where((option, i) => option == "-L" || (i > 0 && options[i - 1] == "-L")), environment: environment, guest: guest);
        Assert.False(expected.TimedOut, "the witness is over its time limit: " + expected);
        Witness.AssertSame(expected, actual);
    }

    /// <summary>Those that can be built for Alpha: two are in inline assembly for other machines.</summary>
    public static IEnumerable<string> OfAlpha => All.Except(["rounding", "vectors"]);

    /// <summary>Names of all programs.</summary>
    public static IEnumerable<string> All => Directory.GetFiles(TestFolders.Guests, "*.c").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);
}
