using System.Runtime.CompilerServices;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Guests.X86;
using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Tests;

/// <summary>The guests that tests are about, and the tests' files.</summary>
internal static class Described
{
    // One for all tests of a guest, used by one at a time: to find its seeds takes long.
    private static readonly Dictionary<string, DescribedAssembler> s_assemblers = [];

    public static IReadOnlyList<IGuest> All { get; } = [AArch64Guest.Instance, AlphaGuest.Instance, X86Guest.Intel64];

    /// <summary>Whether long runs are asked for.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("DRAGOMAN_LONG") == "1";

    /// <summary>The folder of the tests' files.</summary>
    public static string Folder { get; } = Path.Combine(Here(), "..", "litmus");

    public static IGuest Named(string name) => All.First(g => g.Name == name);

    public static LitmusProgram Assemble(string path, string text)
    {
        LitmusTest test = LitmusParser.Parse(path, text);
        IGuest guest = Named(test.Architecture.Guest);
        lock (s_assemblers)
        {
            if (!s_assemblers.TryGetValue(guest.Name, out DescribedAssembler? assembler))
            {
                s_assemblers.Add(guest.Name, assembler = DescribedAssembler.Of(guest));
            }

            return LitmusProgram.Assemble(test, guest, assembler);
        }
    }

    /// <summary>The file of a test.</summary>
    public static LitmusProgram File(string name) => Assemble(name, System.IO.File.ReadAllText(Path.Combine(Folder, name)));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
