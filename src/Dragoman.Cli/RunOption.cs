using System.Globalization;

namespace Dragoman.Cli;

/// <summary>An option of <c>dragoman run</c>: what help says of it, which values it takes, and what a value does.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Description">For help.</param>
/// <param name="Apply">The options with a value of this one; a switch gets the empty string.</param>
internal sealed record RunOption(string Name, string Description, Func<RunOptions, string, RunOptions> Apply)
{
    /// <summary>What stands for the value in help; null for a switch and where <see cref="Choices"/> stand for it.</summary>
    public string? HelpName { get; init; }

    /// <summary>The words that it takes, the default first; empty when it takes any.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>Whether the value is a whole number.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Whether it may be given several times.</summary>
    public bool Repeats { get; init; }

    /// <summary>Whether help keeps silent about it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether it takes no value.</summary>
    public bool IsSwitch => HelpName is null && Choices.Length == 0;

    /// <summary>Whether a word is beyond doubt a value of this option.</summary>
    public bool Accepts(string value) => value.Length > 0 && value[0] != '-'
        && (Choices.Length == 0 || Array.IndexOf(Choices, value) >= 0)
        && (!IsNumber || int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
