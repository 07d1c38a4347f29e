using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Assembling;

/// <summary>Guests whose instructions are words of one size up to 64 bits: the patterns' fields are changed until the text is the wanted one.</summary>
/// <remarks>A number that two fields make together (a shifted MOVZ) is not found, and so refused.</remarks>
internal sealed class WordAssembler : DescribedAssembler
{
    // A field up to this wide is tried with all its values; a wider one with values made of the text's numbers.
    // Operands with several forms have up to nine bits: the form's and a literal of eight.
    private const int NarrowField = 9;
    private const int Passes = 4;

    // By how many bits the numbers of texts are scaled in fields: sizes of accesses and instructions, halves of pages, quarters of registers.
    private static readonly int[] s_scales = [0, 1, 2, 3, 4, 12, 16, 32, 48];

    private readonly byte[] _code = new byte[sizeof(ulong)];
    private readonly int _bytes;
    private Dictionary<string, List<Seed>>? _seeds;

    public WordAssembler(IGuest guest)
        : base(guest) => _bytes = guest.MaxInstructionLength;

    /// <summary>Without a search where all seeds of a mnemonic that have such operands are one instruction's: the operands are then taken to be its.</summary>
    public override string? InstructionOf(string text)
    {
        AssemblyText wanted = AssemblyText.Parse(text);
        string kinds = Kinds(wanted);
        IEnumerable<Seed> seeds = SeedsOf(wanted.Mnemonic).Where(seed => seed.Kinds == kinds);
        string? first = seeds.FirstOrDefault()?.Instruction;
        return first is not null && seeds.All(seed => seed.Instruction == first) ? first : base.InstructionOf(text);
    }

    private protected override AssembledInsn? Search(AssemblyText wanted, string text, ulong pc)
    {
        foreach (Seed seed in SeedsOf(wanted.Mnemonic))
        {
            // A more special pattern may take the word.
            if (Approach(seed.Encoding, seed.Word, wanted, pc) is { } word && BitConverter.GetBytes(word)[.._bytes] is var code && Guest.InstructionAt(code) is { } instruction)
            {
                return new AssembledInsn(instruction, code, text);
            }
        }

        return null;
    }

    // Changes one field at a time to what makes the text most like the wanted one, until it is the same.
    private ulong? Approach(InsnEncoding encoding, ulong word, AssemblyText wanted, ulong pc)
    {
        int best = Likeness(word, wanted, pc);
        for (int pass = 0; pass < Passes; pass++)
        {
            int before = best;
            foreach (InsnField field in encoding.Fields)
            {
                foreach (ulong value in Candidates(field, wanted, pc))
                {
                    ulong changed = Insert(word, field, value);
                    int likeness = Likeness(changed, wanted, pc);
                    if (likeness > best)
                    {
                        (best, word) = (likeness, changed);
                    }
                }
            }

            if (Text(word, pc) is { } text && text.Equals(wanted))
            {
                return word;
            }

            if (best == before)
            {
                return null;
            }
        }

        return null;
    }

    private static IEnumerable<ulong> Candidates(InsnField field, AssemblyText wanted, ulong pc)
    {
        if (field.Width <= NarrowField)
        {
            return Enumerable.Range(0, 1 << field.Width).Select(value => (ulong)value);
        }

        return wanted.Numbers
            .SelectMany(number => new[] { number, number - (long)pc, number - (long)pc - 4 })
            .SelectMany(number => s_scales.Select(shift => (ulong)(number >> shift)))
            .Prepend(0UL);
    }

    private static ulong Insert(ulong word, InsnField field, ulong value)
    {
        ulong ones = field.Width == 64 ? ulong.MaxValue : (1UL << field.Width) - 1;
        return (word & ~(ones << field.Low)) | ((value & ones) << field.Low);
    }

    private int Likeness(ulong word, AssemblyText wanted, ulong pc) => Text(word, pc)?.Likeness(wanted) ?? -1;

    private AssemblyText? Text(ulong word, ulong pc)
    {
        BitConverter.TryWriteBytes(_code, word);
        return Parse(_code.AsSpan(0, _bytes), pc, out _);
    }

    private IReadOnlyList<Seed> SeedsOf(string mnemonic) => (_seeds ??= FindSeeds()).GetValueOrDefault(mnemonic) ?? [];

    // For each mnemonic the words with fields at their edges that show it: names often depend on several fields at once.
    private Dictionary<string, List<Seed>> FindSeeds()
    {
        Dictionary<string, List<Seed>> seeds = [];
        foreach (InsnEncoding encoding in Guest.Encodings)
        {
            HashSet<string> known = [];
            foreach (ulong word in AtEdges(encoding))
            {
                if (Text(word, 0) is not { } text)
                {
                    continue;
                }

                if (!known.Add(Form(text)))
                {
                    continue;
                }

                if (!seeds.TryGetValue(text.Mnemonic, out List<Seed>? list))
                {
                    seeds.Add(text.Mnemonic, list = []);
                }

                list.Add(new Seed(encoding, word, Guest.InstructionAt(BitConverter.GetBytes(word)), Kinds(text)));
            }
        }

        return seeds;
    }

    private static IEnumerable<ulong> AtEdges(InsnEncoding encoding)
    {
        IEnumerable<ulong> words = [encoding.Value];
        int budget = 1024;
        foreach (InsnField field in encoding.Fields.OrderBy(f => f.Width))
        {
            ulong[] values = field.Width <= 4 ? [.. Enumerable.Range(0, 1 << field.Width).Select(v => (ulong)v)] : [0, (1UL << field.Width) - 1];
            budget /= values.Length;
            if (budget == 0)
            {
                break;
            }

            InsnField chosen = field;
            words = words.SelectMany(word => values.Select(value => Insert(word, chosen, value)));
        }

        return words;
    }

    // Mnemonic and kinds of operands: word, number, or sign.
    private static string Kinds(AssemblyText text) =>
        string.Join(' ', text.Tokens.Select((token, i) => i == 0 ? token : char.IsAsciiLetter(token[0]) ? "w" : char.IsAsciiDigit(token[^1]) ? "0" : token));

    private sealed record Seed(InsnEncoding Encoding, ulong Word, string? Instruction, string Kinds);
}
