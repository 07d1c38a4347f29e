using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// A vector whose lanes all come from two others is one shuffle: permutations, narrowing, widening. The reads of single lanes are then dead.
public unsafe partial class InsnBuilder
{
    private const byte NoByte = 0xFF;

    private readonly Dictionary<Temp, LaneSource> _sources = [];

    /// <summary>Remembers that a value is <paramref name="width"/> bits of a vector temp.</summary>
    private Temp FromVector(Temp value, Temp vector, int position, int width) =>
        position % 8 == 0 && width % 8 == 0 ? From(value, new LaneSource(vector, 0, position / 8, width / 8, false)) : value;

    /// <summary>Remembers that a value is <paramref name="bytes"/> bytes of the vCPU block.</summary>
    private Temp FromState(Temp value, int offset, int bytes)
    {
        int start = _vectorFile.Start;
        if (offset < start || offset >= _vectorFile.End || bytes > 8)
        {
            return value;
        }

        int within = (offset - start) % 16;
        return within + bytes <= 16 ? From(value, new LaneSource(default, offset - within, within, bytes, false)) : value;
    }

    /// <summary>Remembers that a value is part of one whose source is known.</summary>
    private Temp FromPart(Temp value, Temp whole, long position, int width) =>
        position % 8 == 0 && width % 8 == 0 && _sources.TryGetValue(whole, out LaneSource source) && !source.IsSigned && position / 8 + width / 8 <= source.Length
            ? From(value, source with { Start = source.Start + (int)position / 8, Length = width / 8 })
            : value;

    /// <summary>Remembers that a value is another one extended.</summary>
    private Temp FromExtension(Temp value, Temp narrow, bool isSigned) =>
        value != narrow && _sources.TryGetValue(narrow, out LaneSource source) && !source.IsSigned ? From(value, source with { IsSigned = isSigned }) : value;

    private Temp From(Temp value, LaneSource source)
    {
        if (!_tcg.IsConst(value))
        {
            _sources[value] = source;
        }

        return value;
    }

    private bool TryShuffle(int e, ReadOnlySpan<Temp> lanes, out Temp result)
    {
        result = default;
        int bytes = e / 8;
        if (e % 8 != 0 || lanes.Length < 4 || lanes.Length * bytes is not (8 or 16))
        {
            return false;
        }

        Span<byte> indices = stackalloc byte[16];
        indices.Fill(NoByte);
        var inputs = new List<LaneSource>(2);
        int signedLength = 0;
        for (int k = 0; k < lanes.Length; k++)
        {
            if (_tcg.TryConst(lanes[k], out ulong value) && value == 0)
            {
                continue;
            }

            if (!_sources.TryGetValue(lanes[k], out LaneSource source) || source.Length > bytes || k > 0 && source.IsSigned != signedLength > 0)
            {
                return false;
            }

            if (source.IsSigned)
            {
                if (k > 0 && source.Length != signedLength)
                {
                    return false;
                }

                signedLength = source.Length;
            }

            int input = inputs.FindIndex(i => i.Vector == source.Vector && i.Offset == source.Offset);
            if (input < 0)
            {
                input = inputs.Count;
                inputs.Add(source);
            }

            if (input > 1)
            {
                return false;
            }

            // A signed lane starts at the top of its place and is shifted down.
            int place = k * bytes + (source.IsSigned ? bytes - source.Length : 0);
            for (int i = 0; i < source.Length; i++)
            {
                indices[place + i] = (byte)(16 * input + source.Start + i);
            }
        }

        if (inputs.Count == 0)
        {
            return false;
        }

        Temp first = Whole(inputs[0]);
        Temp shuffled = _tcg.ShuffleVec(first, inputs.Count > 1 ? Whole(inputs[1]) : first, _tcg.ConstV128(BitConverter.ToUInt64(indices), BitConverter.ToUInt64(indices[8..])));
        if (signedLength > 0 && signedLength < bytes)
        {
            shuffled = _tcg.SariVec(Log2Bytes(e), shuffled, e - 8 * signedLength);
        }

        result = lanes.Length * bytes == 16 ? shuffled : _tcg.LoV128I64(shuffled);
        return true;
    }

    private Temp Whole(LaneSource source) => source.Vector.IsValid ? source.Vector : _tcg.Ld(TcgType.V128, source.Offset);

    /// <summary>Bytes of a vector: of a temp, or of the register at <paramref name="Offset"/> bytes from <c>env</c>; extended to the value.</summary>
    private readonly record struct LaneSource(Temp Vector, int Offset, int Start, int Length, bool IsSigned);
}
