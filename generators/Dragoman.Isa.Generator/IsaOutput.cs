using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Emit;

namespace Dragoman.Isa.Generator;

/// <summary>What a description came to, equal by value, so that sources whose text did not change are not added again.</summary>
internal sealed record IsaOutput(EquatableArray<EmittedSource> Sources, EquatableArray<DiagnosticInfo> Diagnostics);
