using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Programs.Tests.Running;

/// <summary>Builds guest programs with the cross compiler, each once: the cache's key is the source, the flags and the compiler's version.</summary>
public static class GuestCompiler
{
    private static readonly ConcurrentDictionary<string, Lazy<ProcessResult>> Builds = new();

    private static readonly ConcurrentDictionary<GuestMachine, string> Versions = new();

    /// <summary>Builds a program of the Guests folder; fails the test where it does not compile.</summary>
    public static string Build(string name, string flags, GuestMachine? guest = null) =>
        BuildFile(Path.Combine(TestFolders.Guests, name + ".c"), flags + " -Wall -Werror=implicit-function-declaration", guest);

    /// <summary>Builds a C file with <paramref name="flags"/> (and -static, unless they say -dynamic).</summary>
    public static string BuildFile(string source, string flags, GuestMachine? guest = null)
    {
        (string program, ProcessResult result) = TryBuild(source, flags, guest);
        Assert.True(result.ExitCode == 0, $"{source} does not compile:\n{result}");
        return program;
    }

    /// <summary>Builds a C file and says how that went.</summary>
    public static (string Program, ProcessResult Result) TryBuild(string source, string flags, GuestMachine? guest = null)
    {
        guest ??= GuestMachine.AArch64;
        string version = Versions.GetOrAdd(guest, machine => ProcessRunner.Run([machine.Compiler.Path!, "--version"]).OutputText);
        string text = string.Concat(new[] { source, Path.Combine(TestFolders.Guests, "machine.h") }.Append(guest.StaticStart is null ? null : Path.Combine(TestFolders.Repository, guest.StaticStart))
            .OfType<string>().Select(File.ReadAllText));
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(version + flags + string.Join(' ', guest.Flags) + text)))[..16].ToLowerInvariant();
        string folder = Directory.CreateDirectory(Path.Combine(TestFolders.Cache, "guests", key)).FullName;
        string program = Path.Combine(folder, Path.GetFileNameWithoutExtension(source));
        ProcessResult result = Builds.GetOrAdd(key, _ => new Lazy<ProcessResult>(() => Compile(source, flags, program, guest))).Value;
        return (program, result);
    }

    private static ProcessResult Compile(string source, string flags, string program, GuestMachine guest)
    {
        if (File.Exists(program))
        {
            return new ProcessResult("cached", 0, false, [], []);
        }

        string[] words = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string partial = program + ".partial" + Environment.ProcessId;
        string[] link = words.Contains("-dynamic") ? [] : guest.StaticOptions;
        ProcessResult result = ProcessRunner.Run(
            [guest.Compiler.Path!, "-std=gnu11", .. guest.Flags, .. words.Where(word => word != "-dynamic"), .. link, "-pthread", "-o", partial, source, "-lm"]);
        if (result.ExitCode == 0)
        {
            File.Move(partial, program, overwrite: true);
        }

        return result;
    }
}
