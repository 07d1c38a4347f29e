using System.Diagnostics;
using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    private static readonly HelperInfo s_cycles = new(
        "cycles", typeof(InsnBuilder).GetMethod(nameof(ReadCycles))!, (nint)(delegate*<byte*, ulong>)&ReadCycles, 0, HelperFlags.ReadsState);

    /// <summary>Calls a C# helper; its result has n bits.</summary>
    public Temp Call(HelperInfo helper, int n, params ReadOnlySpan<Temp> arguments) => _tcg.Call(helper, TypeOf(n), arguments);

    /// <summary>The host's counter.</summary>
    public Temp Cycles() => _tcg.Call(s_cycles, TcgType.I64);

    /// <summary>Ticks of the host's counter in a second.</summary>
    public Temp CounterFrequency() => Const(64, Stopwatch.Frequency);

    /// <summary>Helper behind <see cref="Cycles"/>.</summary>
    public static ulong ReadCycles(byte* env) => HostTape.ReadCounter();

    /// <summary>64 random bits of the host's, for helpers behind instructions that ask for such.</summary>
    public static ulong ReadRandom() => HostTape.ReadRandom();
}
