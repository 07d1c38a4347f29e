using System.Collections.Generic;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>What the op table becomes, by concern.</summary>
public static class OpEmission
{
    /// <summary>Sources of a concern, as (hint name, text): <c>ops</c>, <c>interpreter</c> or <c>il</c>.</summary>
    public static IReadOnlyList<(string HintName, string Text)> Emit(OpTable table, string concern) => concern switch
    {
        "ops" => new[]
        {
            ("Opcode.g.cs", OpcodeEmitter.Opcodes(table)),
            ("OpInfo.g.cs", OpcodeEmitter.Info(table)),
            ("TcgContext.Builder.g.cs", BuilderEmitter.Emit(table)),
            ("ConstantFolder.g.cs", FolderEmitter.Emit(table)),
            ("VectorMath.g.cs", VectorEmitter.Emit(table)),
        },
        "il" => new[] { ("OpEmitter.g.cs", IlEmitter.Emit(table)) },
        _ => new (string, string)[0],
    };
}
