using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>Reads the encoding of a row as mask and value over <see cref="RowKey"/>.</summary>
internal sealed class RowEncoder(ByteUnit unit, DiagnosticBag diagnostics)
{
    private ulong _mask;
    private ulong _value;
    private bool _hasModRm;

    /// <summary>The row as an encoding, named <paramref name="name"/>; null if it makes no sense (reported).</summary>
    public (InstructionEncoding Encoding, bool HasModRm)? Encode(RowInstructionItem item, RowSyntax row, IReadOnlyList<RowOperand> operands, string name)
    {
        (_mask, _value, _hasModRm) = (0, 0, row.Digit is not null);
        int next = 0;
        string space = row.Prefix.Count > 0 ? row.Prefix[0].Text : "";
        int vector = unit.Spaces.FindIndex(s => string.Equals(s, space, StringComparison.OrdinalIgnoreCase));
        Fix(RowKey.Space, vector + 1);
        if (vector >= 0)
        {
            if (!ReadVectorPrefix(row))
            {
                return null;
            }
        }
        else if (!ReadLegacy(row, space, ref next))
        {
            return null;
        }

        int left = row.Bytes.Count - next;
        if (left is not (1 or 2))
        {
            return Fail(row.Span, left < 1 ? "the opcode is missing" : "behind the opcode only a fixed ModRM byte may stand");
        }

        Fix(RowKey.Opcode, row.Bytes[next], row.OpenIn == next ? 0x100 - (1 << row.OpenBits) : 0xFF);
        if (left == 2)
        {
            int modRm = row.Bytes[next + 1];
            if (modRm < 0xC0)
            {
                return Fail(row.Span, $"a fixed ModRM byte is C0 or above, not {modRm:X2}");
            }

            _hasModRm = true;
            Fix(RowKey.Memory, 0);
            Fix(RowKey.Reg, modRm >> 3 & 7);
            if (row.OpenIn != next + 1)
            {
                Fix(RowKey.Rm, modRm & 7);
            }
        }
        else if (row.Digit is >= 0 and <= 7 and int digit)
        {
            Fix(RowKey.Reg, digit);
        }

        foreach (RowOperand operand in operands)
        {
            if (!_hasModRm && operand.Kind is { } reader && ReadsModRm(reader))
            {
                return Fail(row.Span, $"operand '{operand.Name}' is in the ModRM byte: write /r, or /0 to /7");
            }

            if (operand.Kind?.Form is { } form)
            {
                Fix(RowKey.Memory, form.Text == "memory" ? 1 : 0);
            }
        }

        var synthesized = new InstructionItem(
            row.Span, new Name(row.Span, name), item.Documentation, [], [], row.When, [], [], [.. item.Features, .. row.Features], [], null, null, [], item.Body, []);
        return (new InstructionEncoding(synthesized, _mask, _value, 0, 0, Fields()), _hasModRm);
    }

    private bool ReadsModRm(OperandItem operand)
    {
        HashSet<string> names = [];
        FreeNames.Collect(operand.Value, names);
        return unit.ModRm is { } modRm && modRm.Fields.Any(f => names.Contains(f.Name.Text));
    }

    /// <summary>The parts of the key, with the names of the guest's <c>tbstate</c>.</summary>
    private IReadOnlyList<EncodingField> Fields()
    {
        List<EncodingField> fields = [.. RowKey.Fields.Where(f => f != RowKey.State)];
        int low = RowKey.State.Low;
        foreach (TbStateField state in unit.TbState)
        {
            if (low + state.Width > RowKey.State.Low + RowKey.State.Width)
            {
                break;
            }

            fields.Add(new EncodingField(state.Name.Text, low, state.Width, false));
            low += state.Width;
        }

        return fields;
    }

    private (InstructionEncoding, bool)? Fail(TextSpan span, string message)
    {
        diagnostics.Report(Rules.BadEncoding, span, message);
        return null;
    }

    private void Fix(EncodingField field, int value, int? mask = null)
    {
        ulong bits = field.Insert(mask ?? -1);
        _mask |= bits;
        _value = _value & ~bits | field.Insert(value) & bits;
    }

    private bool ReadLegacy(RowSyntax row, string prefix, ref int next)
    {
        switch (prefix)
        {
            case "NP":
                Fix(RowKey.Pp, 0);
                break;
            case "NFx":
                Fix(RowKey.Pp, 0, 2);
                break;
            case "REX" when row.Prefix.Count == 2 && row.Prefix[1].Text is "W" or "W0":
                Fix(RowKey.W, row.Prefix[1].Text == "W" ? 1 : 0);
                break;
            case "":
                break;
            default:
                diagnostics.Report(Rules.BadEncoding, row.Prefix[0].Span, $"'{prefix}' is not a prefix here: NP, NFx, REX.W, or one with fields behind it that the isa declares");
                return false;
        }

        if (row.Bytes.Count > 1 && unit.Mandatory.FirstOrDefault(m => m.Byte == row.Bytes[0]) is { Byte: > 0 } mandatory)
        {
            Fix(RowKey.Pp, mandatory.Value);
            next++;
        }

        int skip = next;
        (IReadOnlyList<int> Escape, int Map) map = unit.Maps.OrderByDescending(m => m.Escape.Count).FirstOrDefault(m => row.Bytes.Skip(skip).Take(m.Escape.Count).SequenceEqual(m.Escape));
        Fix(RowKey.Map, map.Map);
        next += map.Escape?.Count ?? 0;
        return true;
    }

    private bool ReadVectorPrefix(RowSyntax row)
    {
        bool hasMap = false;
        foreach (Name part in row.Prefix.Skip(1))
        {
            switch (part.Text)
            {
                case "128" or "L0" or "LZ":
                    Fix(RowKey.L, 0);
                    break;
                case "256" or "L1":
                    Fix(RowKey.L, 1);
                    break;
                case "512":
                    Fix(RowKey.L, 2);
                    break;
                case "W0" or "W1":
                    Fix(RowKey.W, part.Text == "W1" ? 1 : 0);
                    break;
                case "NP":
                    Fix(RowKey.Pp, 0);
                    break;
                case "LIG" or "WIG":
                    break;
                case var text when unit.Maps.FirstOrDefault(m => string.Concat(m.Escape.Select(b => b.ToString("X2"))) == text) is { Map: > 0 } map:
                    Fix(RowKey.Map, map.Map);
                    hasMap = true;
                    break;
                case var text when unit.Mandatory.FirstOrDefault(m => m.Byte.ToString("X2") == text) is { Byte: > 0 } mandatory:
                    Fix(RowKey.Pp, mandatory.Value);
                    break;
                default:
                    diagnostics.Report(Rules.BadEncoding, part.Span, $"'{part.Text}' is no part of a vector prefix: 128 256 512 LIG L0 L1 W0 W1 WIG NP, a mandatory prefix, or the escape bytes of a map");
                    return false;
            }
        }

        if (!hasMap)
        {
            diagnostics.Report(Rules.BadEncoding, row.Prefix[0].Span, "a vector prefix names the opcode map: 0F, 0F38 ..");
        }

        return hasMap;
    }
}
