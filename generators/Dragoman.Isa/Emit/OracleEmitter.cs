using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits the oracle: the same bodies as the frontend's, over a builder that computes at once. What a project must bring is <c>OracleInsn</c>,
/// with a method for each run-time operation; layout, static functions and helpers are those of the guest's own assembly.
/// </summary>
internal static class OracleEmitter
{
    public static IReadOnlyList<EmittedSource> Emit(IsaModel model, int unitBits) =>
        new BodyEmitter(model, "Oracle", "OracleInsn", "UInt128")
            .Emit(unitBits, "Oracle", "Executes instructions directly on the state: what translated code is compared with.");
}
