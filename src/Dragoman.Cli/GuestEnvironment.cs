namespace Dragoman.Cli;

/// <summary>The guest's environment: the host's, without what the launcher has set for this process, and with the changes of <c>-E</c>.</summary>
internal static class GuestEnvironment
{
    /// <summary>Names, separated by commas, of what the launcher has set for this process and not for the guest.</summary>
    private const string OwnVariables = "DRAGOMAN_OWN_VARIABLES";

    /// <summary>The entries, byte for byte and in the host's order.</summary>
    /// <param name="entries">The host's.</param>
    /// <param name="changes">Values of <c>-E</c>: NAME=VALUE sets, NAME unsets.</param>
    /// <exception cref="CommandException">A change names no variable.</exception>
    public static List<string> Make(List<string> entries, string[] changes)
    {
        if (entries.Find(entry => IsOf(entry, OwnVariables)) is { } own)
        {
            Remove(entries, OwnVariables);
            foreach (string name in own[(OwnVariables.Length + 1)..].Split(','))
            {
                Remove(entries, name);
            }
        }

        foreach (string change in changes)
        {
            int equals = change.IndexOf('=');
            if (equals == 0 || change.Length == 0)
            {
                throw CommandException.Usage($"'{change}' names no environment variable: write -E VAR=VALUE or -E VAR");
            }

            Remove(entries, equals < 0 ? change : change[..equals]);
            if (equals > 0)
            {
                entries.Add(change);
            }
        }

        return entries;
    }

    private static void Remove(List<string> entries, string name) => entries.RemoveAll(entry => IsOf(entry, name));

    private static bool IsOf(string entry, string name) =>
        entry.Length > name.Length && entry[name.Length] == '=' && entry.StartsWith(name, StringComparison.Ordinal);
}
