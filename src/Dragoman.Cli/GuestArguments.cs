using System.CommandLine;

namespace Dragoman.Cli;

/// <summary>
/// Separates our options from the guest's: after the program's name, everything belongs to the guest, whatever it looks like.
/// </summary>
internal static class GuestArguments
{
    /// <summary>Arguments after the program's name. Written once by the main thread before the command runs.</summary>
    public static string[] Current { get; set; } = [];

    /// <summary>Splits a command line at the program name of <c>run</c>; other commands have no guest arguments.</summary>
    public static (string[] Own, string[] Guest) Split(RootCommand root, string[] args)
    {
        Command? run = root.Subcommands.FirstOrDefault(command => command.Name == RunCommand.Name);
        if (run is null || args.Length == 0 || args[0] != RunCommand.Name)
        {
            return (args, []);
        }

        int index = 1;
        while (index < args.Length && args[index].StartsWith('-') && args[index] != "-")
        {
            if (args[index] == "--")
            {
                index++;
                break;
            }

            string name = CommandLineCheck.Name(args[index]);
            bool isAlone = name == args[index];
            index++;
            if (isAlone && CommandLineCheck.Find(run, name) is { } option && CommandLineCheck.TakesValue(option) && index < args.Length)
            {
                index++;
            }
        }

        int end = Math.Min(index + 1, args.Length);
        return (args[..end], args[end..]);
    }
}
