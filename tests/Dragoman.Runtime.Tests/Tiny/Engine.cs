namespace Dragoman.Runtime.Tests.Tiny;

/// <summary>What runs the tiny guest.</summary>
public enum Engine
{
    /// <summary>The tests' own interpreter of ops.</summary>
    Tiny,
    Interpreter,
    Il,

    /// <summary>The interpreter, then IL.</summary>
    Auto,
}
