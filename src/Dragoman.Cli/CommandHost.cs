using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Linux.Host;

namespace Dragoman.Cli;

/// <summary>Parses the command line, reports what is wrong with it in one line, and runs the command.</summary>
internal static class CommandHost
{
    /// <summary>Exit status for a wrong command line, as shells and POSIX tools use it.</summary>
    public const int UsageError = 2;

    /// <summary>How messages, which quote words, become bytes. Written once, by the main thread, before a command begins.</summary>
    private static Encoding s_encoding = Encoding.UTF8;

    /// <summary>Runs the command that <paramref name="args"/> name.</summary>
    public static int Invoke(string[] args)
    {
        if (DescriptorLimit.Current < DescriptorLimit.Needed)
        {
            Error($"{DescriptorLimit.Current} open files are too few: {DescriptorLimit.Needed} are needed ('ulimit -n' sets the limit)");
            return CommandException.Failed;
        }

        if (args is [RunCommand.Name, ..])
        {
            args = HostWords.CommandLine(args);
            s_encoding = Encoding.Latin1;
        }

        return RunLine.Read(args) is { } run ? Answer(() => RunProgram.Start(run)) : Invoke(HelpWithExamples.AddTo(CreateRoot()), args);
    }

    private static RootCommand CreateRoot() => new("Runs, disassembles and audits programs of other architectures. Start with 'dragoman demo', 'dragoman run PROGRAM', or 'dragoman system --kernel FILE'.")
    {
        RunCommand.Create(),
        SystemCommand.Create(),
        DisasCommand.Create(),
        AuditCommand.Create(),
        LitmusCommand.Create(),
        DemoCommand.Create(),
    };

    private static int Invoke(RootCommand root, string[] args)
    {
        (string[] own, string[] guest) = GuestArguments.Split(root, args);
        if (CommandLineCheck.Problem(root, own) is { } problem)
        {
            Error(problem);
            return UsageError;
        }

        // A program's name may begin with '@': no file of options is meant.
        ParseResult result = root.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            Error(result.Errors[0].Message.TrimEnd('.') + CommandLineCheck.Help(result.CommandResult.Command));
            return UsageError;
        }

        GuestArguments.Current = guest;
        return Answer(() => result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
    }

    private static int Answer(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (CommandException error)
        {
            Error(error.Message);
            return error.Status;
        }
        catch (Exception error) when ((error as IOException ?? error.InnerException as IOException) is { HResult: > 0 } reason)
        {
            // Files have messages of their own: this was standard output.
            Error($"cannot write the output: {Marshal.GetPInvokeErrorMessage(reason.HResult)}");
            return CommandException.Failed;
        }
    }

    /// <summary>Prints one line on standard error.</summary>
    public static void Error(string message) => StandardError.WriteLine(s_encoding.GetBytes("dragoman: " + message));
}
