namespace Dragoman.Isa.Emit;

/// <summary>One generated file.</summary>
/// <param name="HintName">Unique in its project: <c>AArch64.Decoder.g.cs</c>.</param>
public sealed record EmittedSource(string HintName, string Text);
