using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Guests.X86;
using Dragoman.Runtime.Guests;

namespace Dragoman.Oracles;

/// <summary>What an <see cref="OracleInsn"/> must know of its guest. Emitted from the guest's description; immutable.</summary>
public abstract class GuestOracle
{
    /// <summary>The oracles, by the names of their guests.</summary>
    private static readonly Dictionary<string, GuestOracle> s_all = new()
    {
        ["aarch64"] = AArch64Oracle.Instance,
        ["alpha"] = AlphaOracle.Instance,
        ["x86_64"] = X86Oracle.Instance,
        ["i386"] = X86Oracle.Instance,
    };

    /// <summary>The oracle of a guest, or null where none is built.</summary>
    public static GuestOracle? Of(IGuest guest) => s_all.GetValueOrDefault(guest.Name);

    /// <summary>The layout of the guest's state.</summary>
    public abstract GuestLayout Layout { get; }

    /// <summary>Evaluates the instruction that begins these bytes, after telling its length; false when the CPU does not have it or it is not described.</summary>
    public abstract bool Evaluate(OracleInsn insn, ReadOnlySpan<byte> code);

    /// <summary>Something to evaluate with.</summary>
    public virtual OracleInsn Create(IGuest guest, nint env, OracleMemory memory) => new(this, guest, env, memory);
}
