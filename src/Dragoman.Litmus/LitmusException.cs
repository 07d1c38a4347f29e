namespace Dragoman.Litmus;

/// <summary>A litmus test cannot be read, assembled or run; the message is one line for the user, with the place where there is one.</summary>
public sealed class LitmusException : Exception
{
    /// <summary>An error without a place.</summary>
    public LitmusException(string message)
        : base(message)
    {
    }

    /// <summary>An error at a place of a file; lines and columns count from 1.</summary>
    public LitmusException(string path, int line, int column, string message)
        : base($"{path}:{line}:{column}: {message}")
    {
    }
}
