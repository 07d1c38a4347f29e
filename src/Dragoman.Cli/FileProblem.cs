using System.Runtime.InteropServices;

namespace Dragoman.Cli;

/// <summary>
/// Says in words why a file cannot be used. The exceptions of .NET name resource keys here, as this program carries no resource strings, to start sooner.
/// </summary>
internal static class FileProblem
{
    private const int LargestErrno = 4095;

    /// <summary>True for what the file system may answer to a name that a user gave.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>The reason why <paramref name="path"/> could not be opened, read or written.</summary>
    public static string Describe(string path, Exception error) => error switch
    {
        _ when path.Length == 0 => "the name is empty",
        _ when Directory.Exists(path) => "it is a directory",
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied",
        PathTooLongException => "the name is too long",

        // The host's error number stands in the HRESULT of what .NET has no class for.
        IOException { HResult: > 0 and <= LargestErrno } => Marshal.GetPInvokeErrorMessage(error.HResult),
        _ => "it cannot be used",
    };
}
