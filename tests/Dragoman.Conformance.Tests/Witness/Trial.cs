namespace Dragoman.Conformance.Tests.Witness;

/// <summary>One instruction and the state it is executed in.</summary>
public sealed record Trial(uint Word, MachineState Before);
