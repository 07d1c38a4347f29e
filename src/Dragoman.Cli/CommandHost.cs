using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dragoman.Cli;

/// <summary>Parses the command line, reports what is wrong with it in one line, and runs the command.</summary>
internal static class CommandHost
{
    /// <summary>Exit status for a wrong command line, as shells and POSIX tools use it.</summary>
    public const int UsageError = 2;

    /// <summary>Runs the command that <paramref name="args"/> name.</summary>
    public static int Invoke(RootCommand root, string[] args)
    {
        (string[] own, string[] guest) = GuestArguments.Split(root, args);
        ParseResult result = root.Parse(own);
        if (result.Errors.Count > 0)
        {
            Error(result.Errors[0].Message.TrimEnd('.') + "; see 'dragoman --help'");
            return UsageError;
        }

        GuestArguments.Current = guest;
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CommandException error)
        {
            Error(error.Message);
            return 1;
        }
    }

    /// <summary>Prints one line on standard error.</summary>
    public static void Error(string message) => Console.Error.WriteLine("dragoman: " + message.ReplaceLineEndings(" "));
}
