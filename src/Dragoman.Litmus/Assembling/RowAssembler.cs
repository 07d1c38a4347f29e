using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// Guests whose instructions are strings of bytes: the fields of the description's rows and prefixes, and the numbers behind them, are changed until the text
/// is the wanted one.
/// </summary>
internal sealed class RowAssembler : DescribedAssembler
{
    private const int Passes = 4;

    // Values of bytes behind the fields by which forms of text with a number are found.
    private static readonly int[] s_numbers = [1, 0x80];
    private static readonly int[] s_sizes = [1, 2, 4, 8];

    private readonly Dictionary<(InsnRow Row, string Prefixes), IReadOnlyList<Seed>> _seeds = [];
    private Dictionary<string, List<InsnRow>>? _rows;

    // Prefixes that put a word of their own before the mnemonic.
    private readonly Dictionary<string, InsnPrefix> _words = [];

    public RowAssembler(IGuest guest)
        : base(guest)
    {
    }

    /// <summary>Without a search where all rows that a mnemonic has are one instruction's: the operands are then taken to be its.</summary>
    public override string? InstructionOf(string text) =>
        RowsOf(AssemblyText.Parse(text), out _) is [var first, ..] rows && rows.All(row => row.Name == first.Name) ? first.Name : base.InstructionOf(text);

    private protected override AssembledInsn? Search(AssemblyText wanted, string text, ulong pc)
    {
        IReadOnlyList<InsnRow> rows = RowsOf(wanted, out InsnPrefix? word);
        string form = Form(wanted);
        foreach (IReadOnlyList<InsnPrefix> prefixes in Subsets([.. Guest.Prefixes.Where(p => !_words.ContainsValue(p))]))
        {
            foreach (InsnRow row in rows.Where(r => r.TakesPrefixes || prefixes.Count == 0))
            {
                foreach (Seed seed in Seeds(row, word is null ? prefixes : [word, .. prefixes]).Where(s => s.Form == form))
                {
                    if (Approach(seed, wanted, pc) is { } code)
                    {
                        return new AssembledInsn(row.Name, code, text);
                    }
                }
            }
        }

        return null;
    }

    // The rows whose texts begin with a mnemonic, behind the word of a prefix or not.
    private IReadOnlyList<InsnRow> RowsOf(AssemblyText text, out InsnPrefix? word)
    {
        _rows ??= FindMnemonics();
        word = _words.GetValueOrDefault(text.Mnemonic);
        return _rows.GetValueOrDefault(word is null ? text.Mnemonic : text.Tokens.ElementAtOrDefault(1) ?? "") ?? [];
    }

    // Changes one field, or two of which neither alone is better, and puts numbers behind them, to what makes the text most like the wanted one.
    private byte[]? Approach(Seed seed, AssemblyText wanted, ulong pc)
    {
        byte[] code = seed.Code;
        int best = Likeness(code);
        for (int pass = 0; pass < Passes; pass++)
        {
            int before = best;
            foreach (byte[] changed in Singles().Concat(Numbers()))
            {
                Take(changed);
            }

            if (best == before)
            {
                foreach (byte[] changed in Pairs())
                {
                    Take(changed);
                }
            }

            if (Text(seed.Template, code, pc, out int length) is { } text && text.Equals(wanted))
            {
                return code[..length];
            }

            if (best == before)
            {
                return null;
            }
        }

        return null;

        int Likeness(byte[] changed) => Text(seed.Template, changed, pc, out _)?.Likeness(wanted) ?? -1;

        void Take(byte[] changed)
        {
            int likeness = Likeness(changed);
            if (likeness > best)
            {
                (best, code) = (likeness, changed);
            }
        }

        IEnumerable<byte[]> Singles() => seed.Template.Fields.SelectMany(field => Values(field).Select(value => RowTemplate.With(code, field, value)));

        // A bit of a prefix extends a field of ModRM: such are the only ones that make one thing together.
        IEnumerable<byte[]> Pairs() => seed.Template.Fields.Where(f => f.Width == 1).SelectMany(field => Values(field).SelectMany(value =>
            seed.Template.Fields.Where(f => f != field).SelectMany(other => Values(other).Select(second => RowTemplate.With(RowTemplate.With(code, field, value), other, second)))));

        IEnumerable<byte[]> Numbers() => wanted.Numbers
            .SelectMany(number => new[] { number, number - (long)pc - seed.Length })
            .SelectMany(number => Enumerable.Range(seed.Template.Head, Math.Max(0, seed.Length - seed.Template.Head)).SelectMany(at => s_sizes
                .Where(bytes => at + bytes <= seed.Length).Select(bytes => RowTemplate.With(code, at, bytes, number))))
            .Where(changed => changed is not null)!;
    }

    private AssemblyText? Text(RowTemplate template, byte[] code, ulong pc, out int length) =>
        Parse(code, pc, out length) is { } text && template.MayBe(length) ? text : null;

    private static IEnumerable<int> Values(InsnField field) => Enumerable.Range(0, 1 << field.Width);

    // Code of every form and length that the text of a row takes behind prefixes, found by changing one field after another.
    private IReadOnlyList<Seed> Seeds(InsnRow row, IReadOnlyList<InsnPrefix> prefixes)
    {
        string key = string.Join(' ', prefixes.Select(p => p.Name));
        if (_seeds.TryGetValue((row, key), out IReadOnlyList<Seed>? known))
        {
            return known;
        }

        RowTemplate template = new(row, prefixes, Guest.MaxInstructionLength);
        List<Seed> seeds = [];
        HashSet<(string, int)> forms = [];
        Queue<byte[]> open = [];
        open.Enqueue(template.Code);
        if (!Add(template.Code))
        {
            // What is no instruction with all fields 0 may want more than one of them to be something else.
            foreach (byte[] changed in Changed(template, template.Code))
            {
                open.Enqueue(changed);
            }
        }

        while (open.TryDequeue(out byte[]? code))
        {
            foreach (byte[] changed in Changed(template, code))
            {
                if (Add(changed))
                {
                    open.Enqueue(changed);
                }
            }
        }

        _seeds.Add((row, key), seeds);
        return seeds;

        bool Add(byte[] code)
        {
            if (Text(template, code, 0, out int length) is not { } text || !forms.Add((Form(text), length)))
            {
                return false;
            }

            seeds.Add(new Seed(template, code, length, Form(text)));
            return true;
        }
    }

    private static IEnumerable<byte[]> Changed(RowTemplate template, byte[] code) =>
        template.Fields.SelectMany(field => Values(field).Select(value => RowTemplate.With(code, field, value)))
            .Concat(Enumerable.Range(template.Head, code.Length - template.Head).SelectMany(at => s_numbers.Select(value => RowTemplate.With(code, at, 1, value)!)));

    // The rows by the mnemonics that their texts begin with, whatever a prefix or a field makes of them.
    private Dictionary<string, List<InsnRow>> FindMnemonics()
    {
        Dictionary<string, List<InsnRow>> found = [];
        foreach (InsnRow row in Guest.Rows)
        {
            Dictionary<string, (string Field, int Value)> mnemonics = [];
            foreach (InsnPrefix? prefix in Guest.Prefixes.Where(p => p.IsLast && row.TakesPrefixes).Cast<InsnPrefix?>().Prepend(null))
            {
                RowTemplate template = Template(row, prefix);
                foreach ((string field, int value) in template.Fields.Where(f => f.Low < template.Head * 8).SelectMany(f => Values(f).Select(value => (f.Name, value))).Prepend(("", 0)))
                {
                    if (Mnemonic(template, field, value) is { } text)
                    {
                        mnemonics.TryAdd(text.Mnemonic, (field, value));
                    }
                }
            }

            // Other prefixes only behind what gave each of them: they have no fields.
            foreach (InsnPrefix prefix in Guest.Prefixes.Where(p => !p.IsLast && row.TakesPrefixes))
            {
                RowTemplate template = Template(row, prefix);
                foreach ((string field, int value) in mnemonics.Values.ToArray())
                {
                    if (Mnemonic(template, field, value) is not { } text || mnemonics.ContainsKey(text.Mnemonic))
                    {
                        continue;
                    }

                    if (text.Tokens.Length > 1 && mnemonics.ContainsKey(text.Tokens[1]))
                    {
                        _words[text.Mnemonic] = prefix;
                    }
                    else
                    {
                        mnemonics.Add(text.Mnemonic, (field, value));
                    }
                }
            }

            foreach (string mnemonic in mnemonics.Keys)
            {
                if (!found.TryGetValue(mnemonic, out List<InsnRow>? rows))
                {
                    found.Add(mnemonic, rows = []);
                }

                rows.Add(row);
            }
        }

        return found;

        RowTemplate Template(InsnRow row, InsnPrefix? prefix) => new(row, prefix is null ? [] : [prefix], Guest.MaxInstructionLength);

        AssemblyText? Mnemonic(RowTemplate template, string field, int value) => template.Fields.FirstOrDefault(f => f.Name == field) is { Width: > 0 } open
            ? Text(template, RowTemplate.With(template.Code, open, value), 0, out _)
            : field.Length == 0 ? Text(template, template.Code, 0, out _) : null;
    }

    // All sets of some prefixes, smaller ones first.
    private static IEnumerable<IReadOnlyList<InsnPrefix>> Subsets(IReadOnlyList<InsnPrefix> prefixes) =>
        Enumerable.Range(0, 1 << prefixes.Count)
            .OrderBy(set => System.Numerics.BitOperations.PopCount((uint)set))
            .Select(set => (IReadOnlyList<InsnPrefix>)[.. prefixes.Where((_, i) => (set >> i & 1) != 0)]);

    /// <summary>Code whose text has a form.</summary>
    private sealed record Seed(RowTemplate Template, byte[] Code, int Length, string Form);
}
