using System.Diagnostics;

namespace Dragoman.Linux.Tests.Programs;

/// <summary>How a program ended.</summary>
/// <param name="Status">Exit status, as a shell sees it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record RunResult(int Status, string Output, string Error);

/// <summary>Builds test programs and runs them under this emulator, under QEMU and on the host itself.</summary>
internal static class GuestProgram
{
    private const string Compiler = "aarch64-linux-gnu-gcc";
    private static readonly string s_root = FindRoot();
    private static readonly string s_built = Directory.CreateTempSubdirectory("dragoman-programs").FullName;

    /// <summary>The <c>dragoman</c> command of the build that is tested.</summary>
    public static string Dragoman { get; } = FindDragoman();

    /// <summary>The repository.</summary>
    public static string Root => s_root;

    /// <summary>Null when programs can be built, else why not. A command that is not built is no reason: tests then fail.</summary>
    public static string? Missing => Find(Compiler) is null ? $"{Compiler} is not installed" : null;

    /// <summary>True when qemu-aarch64 is installed.</summary>
    public static bool HasQemu => Find("qemu-aarch64") is not null;

    /// <summary>Compiles a program of this folder for the guest; returns its path.</summary>
    public static string Build(string name, params string[] options) => Compile(Compiler, name, ".aarch64", ["-O2", "-static", "-pthread", "-w", .. options]);

    /// <summary>Compiles the same program for the host.</summary>
    public static string BuildNative(string name) => Compile("gcc", name, ".host", ["-O2", "-pthread", "-w"]);

    /// <summary>Runs a program under Dragoman.</summary>
    public static RunResult Run(string program, string[]? arguments = null, string[]? options = null, string input = "") =>
        Start(Dragoman, ["run", .. options ?? [], program, .. arguments ?? []], input);

    /// <summary>Runs a program under QEMU.</summary>
    public static RunResult RunQemu(string program, string[]? arguments = null, string input = "") =>
        Start("qemu-aarch64", [program, .. arguments ?? []], input);

    /// <summary>Runs a command with a time limit.</summary>
    public static RunResult Start(string command, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DRAGOMAN_TEST"] = "given";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} {string.Join(' ', arguments)} did not end; its output so far: {output.Result}{error.Result}");
        }

        return new RunResult(process.ExitCode, output.Result, error.Result);
    }

    private static string Compile(string compiler, string name, string suffix, string[] options)
    {
        var source = Path.Combine(s_root, "tests", "Dragoman.Linux.Tests", "Programs", name + ".c");
        var program = Path.Combine(s_built, name + suffix + string.Concat(options.Skip(4)));
        if (!File.Exists(program))
        {
            var result = Start(compiler, [.. options, "-o", program, source]);
            Assert.True(result.Status == 0, result.Error);
        }

        return program;
    }

    private static string? Find(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Toolkit.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        }

        return folder;
    }

    private static string FindDragoman()
    {
        // .../bin/CONFIGURATION/net10.0/
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        var folder = Path.Combine(s_root, "src", "Dragoman.Cli", "bin", configuration, "net10.0");
        var forHost = Path.Combine(folder, "linux-x64", "dragoman");
        return File.Exists(forHost) ? forHost : Path.Combine(folder, "dragoman");
    }
}
