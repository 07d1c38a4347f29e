using Dragoman.Tcg.Helpers;

namespace Dragoman.Tcg.Ir;

public sealed partial class TcgContext
{
    /// <summary>Emits <c>mov</c>: <paramref name="destination"/> (a global or a temp) takes the value of <paramref name="source"/>, of the same type.</summary>
    public void Mov(Temp destination, Temp source)
    {
        if (destination == source)
        {
            return;
        }

        ref Op op = ref Append(Opcode.Mov, TypeOf(destination));
        op.Out0 = destination;
        op.In0 = source;
    }

    /// <summary>Emits <c>insn_start</c> for a guest without <c>tbstate</c>.</summary>
    public void InsnStart(ulong pc) => InsnStart(pc, 0);

    /// <summary>Emits <c>goto_tb</c> for a guest without <c>tbstate</c>.</summary>
    public void GotoTb(int slot, ulong pc) => GotoTb(slot, pc, 0);

    /// <summary>Emits <c>goto_ptr</c> for a guest without <c>tbstate</c>.</summary>
    public void GotoPtr() => GotoPtr(0);

    /// <summary>Emits <c>discard</c>: the value of <paramref name="temp"/> is undefined from here on.</summary>
    public void Discard(Temp temp) => Append(Opcode.Discard, TypeOf(temp)).Out0 = temp;

    /// <summary>Emits <c>call</c>.</summary>
    /// <param name="helper">The method.</param>
    /// <param name="type">I32 or I64: the type of the result. I32 takes the low half of what the helper returns.</param>
    /// <param name="arguments">As many as the helper takes; I32 arguments are zero-extended.</param>
    public Temp Call(HelperInfo helper, TcgType type, params ReadOnlySpan<Temp> arguments)
    {
        if (arguments.Length != helper.ArgumentCount)
        {
            throw new ArgumentException($"{helper.Name} takes {helper.ArgumentCount} arguments, not {arguments.Length}", nameof(arguments));
        }

        Temp result = NewEbbTemp(type);
        ref Op op = ref Append(Opcode.Call, type);
        op.Helper = helper;
        op.Out0 = result;
        for (int i = 0; i < arguments.Length; i++)
        {
            op.SetIn(i, arguments[i]);
        }

        return result;
    }

    /// <summary>Bitwise vector ops do not depend on lanes.</summary>
    public Temp AndVec(Temp a, Temp b) => AndVec(0, a, b);

    /// <inheritdoc cref="AndVec(Temp, Temp)"/>
    public Temp OrVec(Temp a, Temp b) => OrVec(0, a, b);

    /// <inheritdoc cref="AndVec(Temp, Temp)"/>
    public Temp XorVec(Temp a, Temp b) => XorVec(0, a, b);

    /// <inheritdoc cref="AndVec(Temp, Temp)"/>
    public Temp NotVec(Temp a) => NotVec(0, a);

    /// <inheritdoc cref="AndVec(Temp, Temp)"/>
    public Temp AndcVec(Temp a, Temp b) => AndcVec(0, a, b);

    /// <inheritdoc cref="AndVec(Temp, Temp)"/>
    public Temp OrcVec(Temp a, Temp b) => OrcVec(0, a, b);

    /// <summary>Bits of <paramref name="whenSet"/> where <paramref name="mask"/> is 1, else of <paramref name="whenClear"/>.</summary>
    public Temp BitselVec(Temp mask, Temp whenSet, Temp whenClear) => BitselVec(0, mask, whenSet, whenClear);
}
