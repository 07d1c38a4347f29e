using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits the TCG frontend: guest state, static functions, one method an instruction copy.</summary>
internal static class FrontendEmitter
{
    /// <summary>Sources of the frontend, without guest state and static functions.</summary>
    public static IReadOnlyList<EmittedSource> Emit(IsaModel model, int unitBits)
    {
        List<EmittedSource> sources =
        [
            .. new BodyEmitter(model, "Frontend", model.Bytes is null ? "InsnBuilder" : "InstructionBuilder", "Temp")
                .Emit(unitBits, "Frontend", "Translates instructions to the ops of the IR: a run-time operation of the description is a call of the builder."),
        ];
        if (model.Bytes is not null)
        {
            sources.Add(InstructionEmitter.EmitBuilder(model));
        }

        if (model.Helpers.Count > 0)
        {
            sources.Add(HelperEmitter.Emit(model));
        }

        return sources;
    }
}
