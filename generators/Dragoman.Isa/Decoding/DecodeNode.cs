namespace Dragoman.Isa.Decoding;

/// <summary>A node of the decision tree.</summary>
public abstract record DecodeNode;

/// <summary>Looks at bits <c>[Low + Width - 1 : Low]</c>; a value that no case names is undefined.</summary>
public sealed record DecodeSwitch(int Low, int Width, IReadOnlyList<DecodeCase> Cases) : DecodeNode;

/// <summary>A branch for one or more values.</summary>
public sealed record DecodeCase(IReadOnlyList<ulong> Values, DecodeNode Node);

/// <summary>Tests the remaining alternatives in order; none left is undefined.</summary>
public sealed record DecodeLeaf(IReadOnlyList<DecodeTest> Tests) : DecodeNode;

/// <summary>Mask and value hold the bits that the way to the leaf has not tested; a mask of 0 needs no test.</summary>
public sealed record DecodeTest(DecodePattern Pattern, ulong Mask, ulong Value);
