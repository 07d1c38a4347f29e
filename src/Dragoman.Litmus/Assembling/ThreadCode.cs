using Dragoman.Litmus.Syntax;

namespace Dragoman.Litmus.Assembling;

/// <summary>The machine code of one thread of a test, followed by the system call that ends it.</summary>
/// <param name="Base">Guest address of the first instruction.</param>
/// <param name="Bytes">The code.</param>
/// <param name="Instructions">One for each instruction, the last being the exit.</param>
/// <param name="InstructionBytes">Bytes of each.</param>
public sealed record ThreadCode(ulong Base, byte[] Bytes, IReadOnlyList<AssembledInsn> Instructions, int InstructionBytes)
{
    /// <summary>Address of the exit.</summary>
    public ulong End => Base + (ulong)((Instructions.Count - 1) * InstructionBytes);

    /// <summary>Assembles a thread.</summary>
    /// <exception cref="LitmusException">An instruction that no pattern of the description writes, or a label that is missing or stands twice.</exception>
    public static ThreadCode Assemble(LitmusTest test, int thread, DescribedAssembler assembler, ulong address)
    {
        IReadOnlyList<AssemblyLine> lines = test.Threads[thread];
        int size = assembler.InstructionBytes;
        Dictionary<string, ulong> labels = [];
        ulong pc = address;
        foreach (AssemblyLine line in lines)
        {
            if (line.Label is { } label && !labels.TryAdd(label, pc))
            {
                throw new LitmusException(test.Path, line.Line, $"label '{label}' stands twice");
            }

            pc += line.Text.Length > 0 ? (ulong)size : 0;
        }

        List<AssembledInsn> instructions = [];
        foreach (AssemblyLine line in lines.Where(l => l.Text.Length > 0))
        {
            string text = AssemblyText.Replace(line.Text, labels);
            instructions.Add(assembler.Assemble(text, address + (ulong)(instructions.Count * size))
                ?? throw new LitmusException(test.Path, line.Line, $"'{line.Text}' is no instruction that the description of {test.Architecture.Guest} writes"));
        }

        instructions.Add(assembler.Assemble(test.Architecture.Exit, address + (ulong)(instructions.Count * size))
            ?? throw new LitmusException($"{test.Architecture.Guest}: '{test.Architecture.Exit}' is no instruction"));
        byte[] bytes = [.. instructions.SelectMany(i => BitConverter.GetBytes(i.Word).Take(size))];
        return new ThreadCode(address, bytes, instructions, size);
    }
}
