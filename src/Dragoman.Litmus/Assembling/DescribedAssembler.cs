using System.Text;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// Finds the word of an instruction's text by searching the description's patterns for one that its disassembler writes like that. Nothing about
/// encodings is said here: a word is right because its text is the wanted one.
/// </summary>
/// <remarks>
/// Guests with instructions of one size up to 64 bits. A number that two fields make together (a shifted MOVZ) is not found, and so refused.
/// Belongs to one thread.
/// </remarks>
public sealed class DescribedAssembler
{
    // A field up to this wide is tried with all its values; a wider one with values made of the text's numbers.
    // Operands with several forms have up to nine bits: the form's and a literal of eight.
    private const int NarrowField = 9;
    private const int Passes = 4;

    // By how many bits the numbers of texts are scaled in fields: sizes of accesses and instructions, halves of pages, quarters of registers.
    private static readonly int[] s_scales = [0, 1, 2, 3, 4, 12, 16, 32, 48];

    private readonly IGuest _guest;
    private readonly StringBuilder _text = new();
    private readonly byte[] _code = new byte[8];
    private Dictionary<string, List<(InsnEncoding Encoding, ulong Word)>>? _seeds;

    /// <summary>An assembler for a guest.</summary>
    /// <exception cref="LitmusException">The guest's instructions have no patterns of one size.</exception>
    public DescribedAssembler(IGuest guest)
    {
        _guest = guest;
        if (guest.Encodings.Count == 0 || guest.MaxInstructionLength > 8 || guest.InstructionAlignment != guest.MaxInstructionLength)
        {
            throw new LitmusException($"{guest.Name}: its description has no encodings of one size to assemble with");
        }
    }

    /// <summary>Bytes of every instruction.</summary>
    public int InstructionBytes => _guest.MaxInstructionLength;

    /// <summary>The word of a text at an address, and the instruction of the description that it is; null when no pattern writes it.</summary>
    public AssembledInsn? Assemble(string text, ulong pc)
    {
        AssemblyText wanted = AssemblyText.Parse(text);
        _seeds ??= FindSeeds();
        if (!_seeds.TryGetValue(wanted.Mnemonic, out List<(InsnEncoding Encoding, ulong Word)>? seeds))
        {
            return null;
        }

        foreach ((InsnEncoding encoding, ulong seed) in seeds)
        {
            if (Approach(encoding, seed, wanted, pc) is { } word)
            {
                return new AssembledInsn(encoding.Name, word, text);
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

            if (Text(word, pc) is { } text && AssemblyText.Parse(text).Equals(wanted))
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

    private int Likeness(ulong word, AssemblyText wanted, ulong pc) => Text(word, pc) is { } text ? AssemblyText.Parse(text).Likeness(wanted) : -1;

    private string? Text(ulong word, ulong pc)
    {
        BitConverter.TryWriteBytes(_code, word);
        _text.Clear();
        _guest.Disassemble(_code.AsSpan(0, InstructionBytes), pc, _text);
        return _text.Length == 0 || _text[0] == '.' ? null : _text.ToString();
    }

    // For each mnemonic the words with fields at their edges that show it: names often depend on several fields at once.
    private Dictionary<string, List<(InsnEncoding Encoding, ulong Word)>> FindSeeds()
    {
        Dictionary<string, List<(InsnEncoding Encoding, ulong Word)>> seeds = [];
        foreach (InsnEncoding encoding in _guest.Encodings)
        {
            HashSet<string> known = [];
            foreach (ulong word in AtEdges(encoding))
            {
                if (Text(word, 0) is not { } text)
                {
                    continue;
                }

                AssemblyText parsed = AssemblyText.Parse(text);
                if (!known.Add(Form(parsed)))
                {
                    continue;
                }

                if (!seeds.TryGetValue(parsed.Mnemonic, out List<(InsnEncoding Encoding, ulong Word)>? list))
                {
                    seeds.Add(parsed.Mnemonic, list = []);
                }

                list.Add((encoding, word));
            }
        }

        return seeds;
    }

    // Mnemonic and kinds of operands: one seed of each form is enough.
    private static string Form(AssemblyText text) =>
        string.Join(' ', text.Tokens.Select((token, i) => i == 0 ? token : char.IsAsciiLetter(token[0]) ? token[..1] : char.IsAsciiDigit(token[0]) ? "0" : token));

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
}

/// <summary>An assembled instruction.</summary>
/// <param name="Instruction">Name of the <c>insn</c> in the description.</param>
/// <param name="Word">Its word.</param>
/// <param name="Text">The text it was made of.</param>
public sealed record AssembledInsn(string Instruction, ulong Word, string Text);
