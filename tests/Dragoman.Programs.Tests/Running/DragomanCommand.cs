namespace Dragoman.Programs.Tests.Running;

/// <summary>The dragoman command under test, which the build of this project publishes beside it. DRAGOMAN_COMMAND names another build, as a published one.</summary>
public static class DragomanCommand
{
    /// <summary>The program.</summary>
    public static readonly string Path = Environment.GetEnvironmentVariable("DRAGOMAN_COMMAND") ??
        System.IO.Path.Combine(AppContext.BaseDirectory, "command/dragoman");

    // What the launcher sets: fork copies the process only with the first.
    private static readonly (string, string?)[] s_launcher =
    [
        ("DOTNET_EnableWriteXorExecute", "0"), ("DOTNET_GCgen0size", "0x2000000"), ("DRAGOMAN_OWN_VARIABLES", "DOTNET_EnableWriteXorExecute,DOTNET_GCgen0size"),
    ];

    /// <summary>Runs dragoman itself with these arguments.</summary>
    public static ProcessResult Invoke(IEnumerable<string> arguments, byte[]? input = null, string? folder = null, TimeSpan? limit = null,
        IEnumerable<(string, string?)>? environment = null) =>
        ProcessRunner.Run([Path, .. arguments], input, folder, [.. s_launcher, .. environment ?? []], limit);

    /// <summary>Runs a guest program.</summary>
    public static ProcessResult Run(string program, IEnumerable<string>? arguments = null, IEnumerable<string>? options = null, byte[]? input = null,
        string? folder = null, TimeSpan? limit = null, IEnumerable<(string, string?)>? environment = null) =>
        Invoke(["run", .. options ?? [], program, .. arguments ?? []], input, folder, limit, environment);
}
