namespace Dragoman.Runtime.Guests;

/// <summary>How declarative a guest is; emitted from its description.</summary>
/// <param name="Instructions">Instructions of the description.</param>
/// <param name="WithHelper">Names of those that call a helper written in C#, directly or through a function.</param>
/// <param name="DescriptionLines">Lines of the description's files.</param>
public sealed record GuestSummary(int Instructions, IReadOnlyList<string> WithHelper, int DescriptionLines);
