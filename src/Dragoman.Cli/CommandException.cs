namespace Dragoman.Cli;

/// <summary>The command cannot do what it was asked; the message is one line for the user.</summary>
internal sealed class CommandException(string message) : Exception(message);
