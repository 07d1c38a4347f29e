namespace Dragoman.Cli;

/// <summary>
/// Reads a command line of <c>run</c> that is plain and right in one pass. Building the whole command's parser takes a fifth of the time in which a short
/// program starts and ends, and forks and executed programs pay it too.
/// </summary>
internal static class RunLine
{
    /// <summary>What the words ask for; or null when they ask for anything but to run a program, or in any other way: the parser reads those, and says what is wrong with them.</summary>
    public static RunOptions? Read(string[] words)
    {
        if (words.Length == 0 || words[0] != RunCommand.Name)
        {
            return null;
        }

        RunOptions options = new() { Program = "" };
        List<RunOption> given = [];
        int at = 1;
        for (; at < words.Length && words[at].StartsWith('-'); at++)
        {
            if (RunOptionTable.Find(words[at]) is not { } option || (!option.Repeats && given.Contains(option)))
            {
                return null;
            }

            given.Add(option);
            string value = "";
            if (!option.IsSwitch)
            {
                at++;
                if (at == words.Length || !option.Accepts(words[at]))
                {
                    return null;
                }

                value = words[at];
            }

            options = option.Apply(options, value);
        }

        return at < words.Length ? options with { Program = words[at], Arguments = words[(at + 1)..] } : null;
    }
}
