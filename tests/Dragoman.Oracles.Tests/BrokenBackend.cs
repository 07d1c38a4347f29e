using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Oracles.Tests;

/// <summary>An engine that adds 8 where it should add 7: by the ops, or where the engine goes by the guest's code, by that.</summary>
internal sealed class BrokenBackend(ITcgBackend inner, uint word, uint wrongWord) : ITcgBackend
{
    public string Name => "broken " + inner.Name;

    public TbCode Compile(TcgContext context, in CompileRequest request)
    {
        Op[] right = context.Ops.ToArray();
        foreach (ref Op op in context.Ops)
        {
            if (op.Opcode == Opcode.Add && context.TryConst(op.In1, out ulong value) && value == 7)
            {
                op.In1 = context.Const(TcgType.I64, 8UL);
            }
        }

        TbCode code = inner.Compile(context, request with { Code = WrongCode(request.Code.Span) });
        right.CopyTo(context.Ops);
        return code;
    }

    private byte[] WrongCode(ReadOnlySpan<byte> code)
    {
        byte[] wrong = code.ToArray();
        for (int at = 0; at < wrong.Length; at += 4)
        {
            if (BitConverter.ToUInt32(wrong, at) == word)
            {
                BitConverter.TryWriteBytes(wrong.AsSpan(at), wrongWord);
            }
        }

        return wrong;
    }
}
