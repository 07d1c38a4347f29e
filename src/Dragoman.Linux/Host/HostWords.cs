using System.Collections;

namespace Dragoman.Linux.Host;

/// <summary>
/// What the host has started this process with, byte for byte, one character a byte (Latin-1): a guest is to get the same, and .NET reads words as UTF-8 and
/// replaces what is none.
/// </summary>
public static class HostWords
{
    private const char Replacement = '\ufffd';

    /// <summary>The words of the command line as bytes.</summary>
    /// <param name="words">As .NET has read them.</param>
    public static string[] CommandLine(string[] words)
    {
        // Only a word that was no UTF-8, or holds this character itself, is not what .NET makes of it.
        if (Array.Exists(words, word => word.Contains(Replacement, StringComparison.Ordinal))
            && HostPath.ReadEntries("/proc/self/cmdline") is { } all && all.Count >= words.Length)
        {
            return [.. all[^words.Length..]];
        }

        return Array.ConvertAll(words, ByteText.OfHost);
    }

    /// <summary>The environment, in its order.</summary>
    public static List<string> Environment()
    {
        if (HostPath.ReadEntries("/proc/self/environ") is { } entries)
        {
            return entries;
        }

        // No /proc, or a program that may not look at itself.
        var known = new List<string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            known.Add(ByteText.OfHost($"{variable.Key}={variable.Value}"));
        }

        return known;
    }

    /// <summary>A path that stays right when the guest changes its folder.</summary>
    /// <param name="path">Bytes, or null.</param>
    public static string? Absolute(string? path) =>
        string.IsNullOrEmpty(path) || path[0] == '/' || HostPath.ReadLink("/proc/self/cwd") is not { } folder ? path : $"{folder.TrimEnd('/')}/{path}";
}
