namespace Dragoman.Tcg.Float;

/// <summary>
/// The operations of <see cref="X87Word"/>, each by the host's own x87 where it has one, which gives the same bits: code emitted when an operation is first asked for.
/// Elsewhere, and for the functions of <see cref="X87Operation.Exp2M1"/> and after it, of which processors differ in the last place, in integers.
/// </summary>
public static unsafe class X87Host
{
    // By operation, source included: code with the signature of Exactly less its last parameter, or -1 where there is none; 0 until somebody asks. Any thread writes an entry,
    // by Volatile and behind the code that it names; two that ask at once write one as good as the other.
    private static readonly nint[] s_entries = new nint[256];

    // Written once, before guest code runs.
    private static Func<X87Operation, nint>? s_emitter;

    /// <summary>
    /// Sets what emits an operation's code, called by any thread: <c>X87Result Code(ulong a, ulong ah, ulong b, ulong bh)</c> in .NET's calling convention, which goes on at
    /// <see cref="ExactCode"/>, with the operation for a fifth argument, where the host's x87 will not do; or 0 for an operation that it cannot do at all.
    /// </summary>
    public static void Install(Func<X87Operation, nint> emitter) => s_emitter = emitter;

    /// <summary>The entry of <see cref="Exactly"/>.</summary>
    public static nint ExactCode => (nint)(delegate*<ulong, ulong, ulong, ulong, int, X87Result>)&Exactly;

    /// <summary>An operation's code; 0 where there is only <see cref="Exactly"/>. Any thread.</summary>
    public static nint CodeOf(X87Operation operation)
    {
        ref nint entry = ref s_entries[(int)operation];
        nint code = Volatile.Read(ref entry);
        if (code == 0 && s_emitter is { } emitter)
        {
            code = emitter(operation) is var emitted and not 0 ? emitted : -1;
            Volatile.Write(ref entry, code);
        }

        return code == -1 ? 0 : code;
    }

    /// <summary>The operation's result on the halves of two words. Any thread.</summary>
    public static X87Result Compute(ulong a, ulong ah, ulong b, ulong bh, int operation)
    {
        nint code = CodeOf((X87Operation)operation);
        return code == 0 ? Exactly(a, ah, b, bh, operation) : ((delegate*<ulong, ulong, ulong, ulong, X87Result>)code)(a, ah, b, bh);
    }

    /// <summary>The low half of <see cref="Compute"/>'s result.</summary>
    public static ulong Low(ulong a, ulong ah, ulong b, ulong bh, ulong operation) => Compute(a, ah, b, bh, (int)operation).Low;

    /// <summary>The high half of <see cref="Compute"/>'s result.</summary>
    public static ulong High(ulong a, ulong ah, ulong b, ulong bh, ulong operation) => Compute(a, ah, b, bh, (int)operation).High;

    /// <summary>The same in integers.</summary>
    public static X87Result Exactly(ulong a, ulong ah, ulong b, ulong bh, int operation)
    {
        UInt128 result = X87Word.Compute((X87Operation)operation, new UInt128(ah, a), new UInt128(bh, b));
        return new X87Result((ulong)result, (ulong)(result >> 64));
    }
}
