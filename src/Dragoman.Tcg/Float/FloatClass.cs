namespace Dragoman.Tcg.Float;

/// <summary>What an unpacked value is.</summary>
internal enum FloatClass : byte
{
    Zero,

    /// <summary>Finite and not zero; denormals are normalized when unpacked.</summary>
    Finite,

    Infinity,

    QuietNan,

    SignallingNan,
}
