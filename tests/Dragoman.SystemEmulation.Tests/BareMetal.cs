using System.Diagnostics;

namespace Dragoman.SystemEmulation.Tests;

/// <summary>Builds the programs of this folder, and runs them under QEMU.</summary>
internal static class BareMetal
{
    private const string Compiler = "aarch64-linux-gnu-gcc";
    private const string Qemu = "qemu-system-aarch64";
    private static readonly string s_sources = Path.Combine(FindRoot(), "tests", "Dragoman.SystemEmulation.Tests", "Programs");
    private static readonly string s_built = Directory.CreateTempSubdirectory("dragoman-bare-metal").FullName;

    /// <summary>Null when programs can be built, else why not.</summary>
    public static string? Missing => IsThere(Compiler) ? null : $"{Compiler} is not installed";

    /// <summary>Null when QEMU can be asked too, else why not.</summary>
    public static string? MissingQemu => Missing ?? (IsThere(Qemu) ? null : $"{Qemu} is not installed");

    /// <summary>Compiles a program; returns the ELF file's path.</summary>
    public static string Build(string name, params string[] defines)
    {
        var program = Path.Combine(s_built, name + string.Concat(defines).Replace("=", "", StringComparison.Ordinal) + ".elf");
        if (!File.Exists(program))
        {
            string[] options =
            [
                "@" + Path.Combine(s_sources, "bare.flags"), "-T", Path.Combine(s_sources, "bare.ld"), .. defines.Select(define => "-D" + define),
                "-o", program, Path.Combine(s_sources, "start.S"), Path.Combine(s_sources, name + ".c"),
            ];
            var (status, _, error) = Run(Compiler, options);
            Assert.True(status == 0, error);
        }

        return program;
    }

    /// <summary>The exit status and output of a program on QEMU's virt board.</summary>
    public static (int Status, string Output) RunQemu(string program, int cpus, string machine = "virt,gic-version=3", params string[] more)
    {
        string[] options =
        [
            "-M", machine, "-cpu", "neoverse-n1", "-smp", $"{cpus}", "-m", "256", "-nic", "none", "-display", "none", "-serial", "stdio", "-monitor", "none", "-semihosting",
            "-kernel", program, .. more,
        ];
        var (status, output, _) = Run(Qemu, options);
        return (status, output);
    }

    private static (int Status, string Output, string Error) Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} {string.Join(' ', arguments)} did not end; its output so far: {output.Result}{error.Result}");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    private static bool IsThere(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Toolkit.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        }

        return folder;
    }
}
