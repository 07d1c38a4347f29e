namespace Dragoman.Isa.Decoding;

/// <summary>
/// One build-time copy of an instruction: what <c>for</c> makes of it. An instruction without <c>for</c> has one copy with no values.
/// The binder binds the body once a copy, with <see cref="Values"/> and <see cref="FixedFields"/> as build-time constants;
/// the frontend emits one method a copy, named <see cref="Name"/>, that takes every field of the pattern as a <c>long</c> in pattern order.
/// </summary>
/// <param name="Name">The instruction's name, and the values of its <c>for</c> variables: <c>ADD_shifted_64</c>. A C# identifier, unique in the description.</param>
/// <param name="Values">The <c>for</c> variables: <see cref="System.Numerics.BigInteger"/> or <see cref="bool"/>.</param>
/// <param name="FixedFields">Fields that have one value in every word of this copy.</param>
/// <param name="Words">The pattern with the fields that <c>for</c> depends on filled in; a word belongs to the copy if it matches one of them.</param>
public sealed record InstructionCopy(
    InstructionEncoding Encoding,
    string Name,
    IReadOnlyDictionary<string, object> Values,
    IReadOnlyDictionary<string, long> FixedFields,
    IReadOnlyList<CopyWords> Words);
