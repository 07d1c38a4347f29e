using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>Gives a status another rounding direction for one operation. <see cref="FpRounding.Dynamic"/> leaves it as it is.</summary>
internal readonly ref struct RoundingScope
{
    private readonly ref FpStatus _status;
    private readonly FpRounding _saved;

    public RoundingScope(FpRounding rounding, ref FpStatus status)
    {
        _status = ref status;
        _saved = status.Rounding;
        if (rounding != FpRounding.Dynamic)
        {
            status.Rounding = rounding;
        }
    }

    public void Dispose() => _status.Rounding = _saved;
}
