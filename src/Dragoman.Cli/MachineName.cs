namespace Dragoman.Cli;

/// <summary>The value of <c>--machine</c>: a board's name, and its properties behind commas.</summary>
internal static class MachineName
{
    private const string GicVersion = "gic-version=";

    /// <summary>The GIC's version that a machine's name asks for.</summary>
    /// <exception cref="CommandException">There is no such machine or property.</exception>
    public static int Parse(string text)
    {
        string[] words = text.Split(',');
        if (words[0] != "virt")
        {
            throw CommandException.Usage($"--machine '{words[0]}': there is virt");
        }

        int version = 2;
        foreach (string word in words[1..])
        {
            version = word switch
            {
                GicVersion + "2" => 2,
                GicVersion + "3" => 3,
                _ => throw CommandException.Usage($"--machine virt,{word}: there is gic-version=2 and gic-version=3"),
            };
        }

        return version;
    }
}
