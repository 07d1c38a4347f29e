using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Emit;

namespace Dragoman.Isa;

/// <summary>What became of a description: sources, or (with errors) diagnostics alone.</summary>
public sealed record IsaResult(IReadOnlyList<EmittedSource> Sources, IReadOnlyList<DiagnosticInfo> Diagnostics);
