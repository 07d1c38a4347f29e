namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>A disassembler that shares nothing with this project.</summary>
public interface IDisassemblyWitness
{
    /// <summary>The normalized text of each word as an instruction at <paramref name="pc"/>, or <see cref="DisassemblyText.Undefined"/>.</summary>
    IReadOnlyList<string> Disassemble(IReadOnlyList<uint> words, ulong pc);
}
