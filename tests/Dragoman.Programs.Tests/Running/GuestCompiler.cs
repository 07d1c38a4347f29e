using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Programs.Tests.Running;

/// <summary>Builds guest programs with the cross compiler, each once: the cache's key is the source, the flags and the compiler's version.</summary>
public static class GuestCompiler
{
    private static readonly ConcurrentDictionary<string, Lazy<ProcessResult>> Builds = new();

    private static readonly Lazy<string> Version = new(() => ProcessRunner.Run([Tool.CrossCompiler.Path!, "--version"]).OutputText);

    /// <summary>Builds a program of the Guests folder; fails the test where it does not compile.</summary>
    public static string Build(string name, string flags) => BuildFile(Path.Combine(TestFolders.Guests, name + ".c"), flags + " -Wall -Werror=implicit-function-declaration");

    /// <summary>Builds a C file with <paramref name="flags"/> (and -static, unless they say -dynamic).</summary>
    public static string BuildFile(string source, string flags)
    {
        (string program, ProcessResult result) = TryBuild(source, flags);
        Assert.True(result.ExitCode == 0, $"{source} does not compile:\n{result}");
        return program;
    }

    /// <summary>Builds a C file and says how that went.</summary>
    public static (string Program, ProcessResult Result) TryBuild(string source, string flags)
    {
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Version.Value + flags + File.ReadAllText(source))))[..16].ToLowerInvariant();
        string folder = Directory.CreateDirectory(Path.Combine(TestFolders.Cache, "guests", key)).FullName;
        string program = Path.Combine(folder, Path.GetFileNameWithoutExtension(source));
        ProcessResult result = Builds.GetOrAdd(key, _ => new Lazy<ProcessResult>(() => Compile(source, flags, program))).Value;
        return (program, result);
    }

    private static ProcessResult Compile(string source, string flags, string program)
    {
        if (File.Exists(program))
        {
            return new ProcessResult("cached", 0, false, [], []);
        }

        string[] words = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string partial = program + ".partial" + Environment.ProcessId;
        string[] link = words.Contains("-dynamic") ? [] : ["-static"];
        ProcessResult result = ProcessRunner.Run(
            [Tool.CrossCompiler.Path!, "-std=gnu11", .. words.Where(word => word != "-dynamic"), .. link, "-pthread", "-o", partial, source, "-lm"]);
        if (result.ExitCode == 0)
        {
            File.Move(partial, program, overwrite: true);
        }

        return result;
    }
}
