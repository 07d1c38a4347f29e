namespace Dragoman.Cli;

/// <summary>What <c>dragoman run</c> was asked to do. Words are bytes, one character each (Latin-1).</summary>
internal sealed record RunOptions
{
    public required string Program { get; init; }

    public string[] Arguments { get; init; } = [];

    public string Backend { get; init; } = "auto";

    public bool SingleThread { get; init; }

    public string LogItems { get; init; } = "";

    public string? LogFile { get; init; }

    public string? LogFilter { get; init; }

    public bool Strace { get; init; }

    public string? Prefix { get; init; }

    public string[] Environment { get; init; } = [];

    public string? Argv0 { get; init; }

    public string? Cpu { get; init; }

    public bool OneInstructionPerTb { get; init; }

    public bool Statistics { get; init; }

    /// <summary>Host descriptor of the state that a parent guest left, or -1.</summary>
    public int TakeUp { get; init; } = -1;
}
