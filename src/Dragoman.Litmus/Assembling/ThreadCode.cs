using Dragoman.Litmus.Syntax;

namespace Dragoman.Litmus.Assembling;

/// <summary>The machine code of one thread of a test, followed by the system call that ends it.</summary>
public sealed class ThreadCode
{
    // Rounds until no label moves any more: instructions that reach further are longer.
    private const int Rounds = 8;

    private readonly Dictionary<ulong, int> _indexes = [];

    private ThreadCode(ulong address, IReadOnlyList<AssembledInsn> instructions)
    {
        Base = address;
        Instructions = instructions;
        Bytes = [.. instructions.SelectMany(i => i.Code)];
        for (int i = 0; i < instructions.Count; i++)
        {
            End = address;
            _indexes.Add(address, i);
            address += (ulong)instructions[i].Code.Length;
        }
    }

    /// <summary>Guest address of the first instruction.</summary>
    public ulong Base { get; }

    /// <summary>Address of the exit.</summary>
    public ulong End { get; }

    /// <summary>The code.</summary>
    public byte[] Bytes { get; }

    /// <summary>One for each instruction, the last being the exit.</summary>
    public IReadOnlyList<AssembledInsn> Instructions { get; }

    /// <summary>The instruction at an address, or null when none begins there.</summary>
    public AssembledInsn? At(ulong pc) => _indexes.TryGetValue(pc, out int index) ? Instructions[index] : null;

    /// <summary>Assembles a thread.</summary>
    /// <exception cref="LitmusException">An instruction that nothing described writes, or a label that is missing or stands twice.</exception>
    public static ThreadCode Assemble(LitmusTest test, int thread, DescribedAssembler assembler, ulong address)
    {
        AssemblyLine[] lines = [.. test.Threads[thread]];
        CheckLabels(test, lines);
        ulong[] places = [.. lines.Select(_ => address)];
        for (int round = 0; round < Rounds; round++)
        {
            Dictionary<string, ulong> labels = lines.Index().Where(l => l.Item.Label is not null).ToDictionary(l => l.Item.Label!, l => places[l.Index]);
            List<AssembledInsn> instructions = [];
            ulong pc = address;
            bool isSettled = true;
            for (int i = 0; i < lines.Length; i++)
            {
                isSettled &= places[i] == pc || lines[i].Label is null;
                places[i] = pc;
                if (lines[i].Text.Length > 0)
                {
                    instructions.Add(Assemble(test, lines[i], labels, assembler, pc));
                    pc += (ulong)instructions[^1].Code.Length;
                }
            }

            if (isSettled)
            {
                instructions.Add(assembler.Assemble(test.Architecture.Exit, pc)
                    ?? throw new LitmusException($"{test.Architecture.Guest}: '{test.Architecture.Exit}' is no instruction"));
                return new ThreadCode(address, instructions);
            }
        }

        throw new LitmusException(test.Path, lines[0].Line, lines[0].Column, "the thread's branches have no lengths that fit together");
    }

    private static void CheckLabels(LitmusTest test, AssemblyLine[] lines)
    {
        HashSet<string> known = [];
        if (lines.FirstOrDefault(l => l.Label is { } label && !known.Add(label)) is { } again)
        {
            throw new LitmusException(test.Path, again.Line, again.Column, $"label '{again.Label}' stands twice");
        }
    }

    private static AssembledInsn Assemble(LitmusTest test, AssemblyLine line, Dictionary<string, ulong> labels, DescribedAssembler assembler, ulong pc)
    {
        foreach (IReadOnlyList<string> readings in line.Candidates)
        {
            AssembledInsn[] found = [.. readings.Select(text => assembler.Assemble(AssemblyText.Replace(text, labels), pc)).OfType<AssembledInsn>()];
            if (found.Length > 1)
            {
                throw new LitmusException(test.Path, line.Line, line.Column, $"'{line.Text}' does not say how many bytes it accesses");
            }

            if (found.Length == 1)
            {
                return found[0];
            }
        }

        throw line.Mismatch is { } mismatch
            ? new LitmusException(test.Path, line.Line, line.Column + mismatch.Offset, mismatch.Message)
            : new LitmusException(test.Path, line.Line, line.Column, $"'{line.Text}' is no instruction that the description of {test.Architecture.Guest} writes");
    }
}
