using Gee.External.Capstone;
using Gee.External.Capstone.Arm64;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Capstone 4, which knows Armv8.0 with its extensions for half precision and cryptography, and none of those after.</summary>
public sealed class CapstoneWitness : IDisassemblyWitness
{
    public IReadOnlyList<string> Disassemble(IReadOnlyList<uint> words, ulong pc)
    {
        using var capstone = CapstoneDisassembler.CreateArm64Disassembler(Arm64DisassembleMode.LittleEndian);
        return [.. words.Select(word =>
        {
            Arm64Instruction[] instructions = capstone.Disassemble(BitConverter.GetBytes(word), (long)pc);
            return instructions.Length == 0
                ? DisassemblyText.Undefined
                : DisassemblyText.Normalize($"{instructions[0].Mnemonic} {instructions[0].Operand}");
        })];
    }
}
