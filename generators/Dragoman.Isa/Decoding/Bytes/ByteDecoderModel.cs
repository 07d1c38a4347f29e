namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>What a byte-stream guest has beside the decision tree over <see cref="RowKey"/>.</summary>
public sealed record ByteDecoderModel(ByteUnit Unit, IReadOnlyList<RowModel> Rows);
