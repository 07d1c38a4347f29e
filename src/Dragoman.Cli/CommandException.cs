namespace Dragoman.Cli;

/// <summary>The command cannot do what it was asked; the message is one line for the user.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="status">The exit status.</param>
internal sealed class CommandException(string message, int status = CommandException.Failed) : Exception(message)
{
    /// <summary>Exit status when a file or the machine is not as it should be.</summary>
    public const int Failed = 1;

    /// <summary>The exit status.</summary>
    public int Status { get; } = status;

    /// <summary>The words of the command line are wrong, whatever the files hold that they name.</summary>
    public static CommandException Usage(string message) => new(message, CommandHost.UsageError);
}
