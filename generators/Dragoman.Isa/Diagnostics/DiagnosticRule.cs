namespace Dragoman.Isa.Diagnostics;

/// <summary>What can be wrong with a description.</summary>
/// <param name="Id"><c>ISA1001</c> and so on.</param>
/// <param name="Title">One line, without arguments.</param>
/// <param name="Format">The message, with <c>{0}</c>-style arguments.</param>
/// <param name="IsError">Otherwise a warning: the description is still translated.</param>
public sealed record DiagnosticRule(string Id, string Title, string Format, bool IsError = true);
