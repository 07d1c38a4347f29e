using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>How a guest's instructions are found in a stream of bytes, as its isa block declares it.</summary>
public sealed class ByteUnit
{
    private readonly Dictionary<string, ByteField> _fields = [];

    private ByteUnit(int maxLength) => MaxLength = maxLength;

    /// <summary>Longest instruction in bytes.</summary>
    public int MaxLength { get; }

    public List<PrefixSyntax> Prefixes { get; } = [];

    /// <summary>Prefix bytes that select an opcode, weakest first.</summary>
    public IReadOnlyList<(int Byte, int Value)> Mandatory { get; private set; } = [];

    public IReadOnlyList<(IReadOnlyList<int> Escape, int Map)> Maps { get; private set; } = [];

    public FieldByteEntry? ModRm { get; private set; }

    public FieldByteEntry? Sib { get; private set; }

    public Expression? Displacement { get; private set; }

    public List<WidthSyntax> Widths { get; } = [];

    /// <summary>How many parts operands of an <c>each</c> size have; null where no size is one.</summary>
    public Expression? Parts { get; private set; }

    public IReadOnlyList<TbStateField> TbState { get; private set; } = [];

    /// <summary>Operand kinds by name.</summary>
    public Dictionary<string, OperandItem> Operands { get; } = [];

    /// <summary>All fields, in the order in which the decoder finds them.</summary>
    public List<ByteField> Fields { get; } = [];

    /// <summary>Names of the prefixes with a payload, in order: an opcode is looked up in a space of its own behind each.</summary>
    public List<string> Spaces { get; } = [];

    public ByteField? FindField(string name) => _fields.TryGetValue(name, out ByteField field) ? field : null;

    public WidthSyntax? FindWidth(string name) => Widths.Find(w => w.Name.Text == name);

    /// <summary>The unit of a description, or null if its instructions are words of one length.</summary>
    public static ByteUnit? Create(IReadOnlyList<Item> items, DiagnosticBag diagnostics)
    {
        IsaEntry[] entries = [.. items.OfType<IsaItem>().SelectMany(i => i.Entries)];
        if (entries.OfType<UnitEntry>().FirstOrDefault() is not { IsBytes: true } declared)
        {
            return null;
        }

        var unit = new ByteUnit(declared.Size);
        foreach (PrefixSyntax prefix in entries.OfType<PrefixesEntry>().SelectMany(e => e.Prefixes))
        {
            unit.AddPrefix(prefix);
        }

        unit.TbState = [.. entries.OfType<TbStateEntry>().SelectMany(e => e.Fields)];
        unit.Mandatory = entries.OfType<MandatoryEntry>().FirstOrDefault()?.Prefixes ?? [];
        unit.Maps = entries.OfType<MapsEntry>().FirstOrDefault()?.Maps ?? [];
        unit.ModRm = entries.OfType<FieldByteEntry>().FirstOrDefault(e => !e.IsSib);
        unit.Sib = entries.OfType<FieldByteEntry>().FirstOrDefault(e => e.IsSib);
        unit.Displacement = entries.OfType<DisplacementEntry>().FirstOrDefault()?.Bits;
        foreach (WidthSyntax width in entries.OfType<WidthsEntry>().SelectMany(e => e.Widths))
        {
            unit.Widths.Add(width);
            unit.Add(width.Name.Text, 0, []);
        }

        unit.AddParts(entries.OfType<PartsEntry>().FirstOrDefault(), diagnostics);

        unit.Add("pp", 2, Range(2));
        unit.Add("map", 3, Range(3));
        unit.Add("opcode", 8, []);
        foreach (FieldByteEntry field in entries.OfType<FieldByteEntry>())
        {
            if (field.Fields.Sum(f => f.Width) != 8)
            {
                diagnostics.Report(Rules.FieldByteWidth, field.Span, field.IsSib ? "sib" : "modrm", field.Fields.Sum(f => f.Width));
            }

            foreach (BitField bits in field.Fields)
            {
                unit.Add(bits.Name.Text, bits.Width, Range(bits.Width));
            }
        }

        unit.Add("disp", 0, []);
        unit.Add("imm", 0, []);
        unit.Add("imm2", 0, []);
        unit.Add("extent", 0, []);
        unit.Add("stores", 0, []);
        foreach (OperandItem operand in items.OfType<OperandItem>())
        {
            if (unit.Operands.ContainsKey(operand.Name.Text))
            {
                diagnostics.Report(Rules.DuplicateName, operand.Name.Span, operand.Name.Text);
            }

            unit.Operands[operand.Name.Text] = operand;
            if (operand.Width is { } width && unit.FindWidth(width.Text) is null)
            {
                diagnostics.Report(Rules.UnknownSize, width.Span, width.Text);
            }
        }

        foreach (TbStateField state in unit.TbState)
        {
            unit._fields[state.Name.Text] = new ByteField(state.Name.Text, state.Width, Range(state.Width));
        }

        return unit;
    }

    /// <summary>A size that is <c>each</c>.</summary>
    public bool IsEach(string? size) => size is not null && FindWidth(size) is { IsEach: true };

    private void AddParts(PartsEntry? entry, DiagnosticBag diagnostics)
    {
        Parts = entry?.Count;
        if (entry is not null)
        {
            Add("parts", 0, []);
            Add("part", 0, []);
        }
        else if (Widths.Find(w => w.IsEach) is { } width)
        {
            diagnostics.Report(Rules.NoParts, width.Span, width.Name.Text);
        }
    }

    private void AddPrefix(PrefixSyntax prefix)
    {
        Prefixes.Add(prefix);
        if (prefix.HasPayload && !Spaces.Contains(prefix.Name.Text))
        {
            Spaces.Add(prefix.Name.Text);
        }

        List<BigInteger> values = [0];
        foreach ((int from, int to) in prefix.Bytes)
        {
            values.Add(from);
            if (to > from + 1 && prefix.Fields.Count == 0)
            {
                values.Add(to);
            }
        }

        Add(prefix.Name.Text, 0, values);
        foreach (BitField field in prefix.Fields)
        {
            Add(field.Name.Text, field.Width, field.Width <= 5 ? Range(field.Width) : []);
        }
    }

    private void Add(string name, int width, IReadOnlyList<BigInteger> values)
    {
        if (_fields.TryGetValue(name, out ByteField known))
        {
            if (known.Values.Count > 0 && known.Width == 0)
            {
                Fields[Fields.IndexOf(known)] = _fields[name] = known with { Values = [.. known.Values.Union(values)] };
            }

            return;
        }

        var field = new ByteField(name, width, values);
        _fields[name] = field;
        Fields.Add(field);
    }

    private static IReadOnlyList<BigInteger> Range(int width) => [.. Enumerable.Range(0, 1 << width).Select(v => (BigInteger)v)];
}
