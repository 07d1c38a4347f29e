namespace Dragoman.Conformance.Tests;

/// <summary>Programs of the machine that tests compare with.</summary>
public static class Tools
{
    /// <summary>The path of a program on PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>DRAGOMAN_LONG is 1: the run may take minutes.</summary>
    public static bool IsLongRun => Environment.GetEnvironmentVariable("DRAGOMAN_LONG") == "1";
}
