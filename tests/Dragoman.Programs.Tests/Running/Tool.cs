namespace Dragoman.Programs.Tests.Running;

/// <summary>A program of the host that a group of tests needs, with the Debian package that has it.</summary>
public sealed record Tool(string Name, string Package)
{
    public static readonly Tool Apt = new("apt-get", "apt");

    public static readonly Tool DpkgDeb = new("dpkg-deb", "dpkg");

    /// <summary>The host's own compiler.</summary>
    public static readonly Tool HostCompiler = new("gcc", "gcc");

    /// <summary>Full path, or null when it is not installed.</summary>
    public string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(folder => folder.Length > 0)
        .Select(folder => System.IO.Path.Combine(folder, Name))
        .FirstOrDefault(File.Exists);

    /// <summary>Why tests that need <paramref name="tools"/> are skipped, or null when all are here.</summary>
    public static string? Missing(params Tool[] tools)
    {
        string[] missing = [.. tools.Where(tool => tool.Path is null).Select(tool => $"{tool.Name} (Debian package {tool.Package})")];
        return missing.Length == 0 ? null : "not installed: " + string.Join(", ", missing);
    }
}
