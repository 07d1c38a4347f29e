using Dragoman.Litmus.Syntax;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// What the disassembler may write for an instruction in AT&amp;T syntax: operands in the opposite order, sizes with memory instead of with the mnemonic. Which of
/// the readings is right, the assembler finds out: <c>movq</c> is one of its own with a vector register, and else <c>mov</c> of 8 bytes.
/// </summary>
internal static class AttInstruction
{
    private static readonly (string Suffix, int Bytes, string Pointer)[] s_sizes =
        [("b", 1, "byte ptr "), ("w", 2, "word ptr "), ("l", 4, "dword ptr "), ("q", 8, "qword ptr "), ("", 16, "xmmword ptr "), ("", 16, "oword ptr ")];

    // Conditions with more than one name; lt and gt are herd's.
    private static readonly Dictionary<string, string> s_conditions = new()
    {
        ["z"] = "e", ["nz"] = "ne", ["c"] = "b", ["nae"] = "b", ["nc"] = "ae", ["nb"] = "ae", ["na"] = "be", ["nbe"] = "a", ["lt"] = "l", ["nge"] = "l",
        ["gt"] = "g", ["nle"] = "g", ["nl"] = "ge", ["ng"] = "le", ["pe"] = "p", ["po"] = "np",
    };

    // What is not ordered as x86-tso.cat says (Intel SDM 3A, 9.2.2).
    private static readonly string[] s_unordered = ["movnt", "vmovnt", "maskmov", "vmaskmov", "clflush", "clwb"];
    private static readonly string[] s_shifts = ["shl", "shr", "sal", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd"];

    /// <summary>The line with its candidates.</summary>
    /// <exception cref="LitmusException">It is known without trying that there are none.</exception>
    public static AssemblyLine Lower(string path, AssemblyLine line, IReadOnlyList<string> words, IReadOnlyList<AttOperand> operands)
    {
        string mnemonic = words[^1];
        string before = words.Count > 1 ? words[0] + " " : "";
        if (s_unordered.FirstOrDefault(name => mnemonic.StartsWith(name, StringComparison.Ordinal)) is not null)
        {
            throw new LitmusException(path, line.Line, line.Column, $"'{mnemonic}' is not ordered as the model says (SDM 3A, 9.2.2)");
        }

        AttOperand[] reversed = [.. operands.Reverse()];
        List<IReadOnlyList<string>> candidates = [];
        string? mismatch = null;
        int at = 0;
        AttOperand? general = operands.LastOrDefault(o => o.IsGeneral);
        Add(Condition(mnemonic), general is null ? s_sizes : [SizeOf(general)], isSaid: general is not null);
        if (s_sizes.FirstOrDefault(s => s.Suffix.Length > 0 && mnemonic.EndsWith(s.Suffix, StringComparison.Ordinal)) is { Bytes: > 0 } size && mnemonic.Length > 1)
        {
            string name = mnemonic[..^1];
            if (name is ['m', 'o', 'v', 's' or 'z', 'b' or 'w' or 'l'] && general is not null)
            {
                AddExtension(name, size);
            }
            else if (Fits(name, size))
            {
                Add(Condition(name == "movabs" ? "mov" : name), [size], isSaid: true);
            }
        }

        return line with { Candidates = candidates, Mismatch = mismatch is null ? null : (at, mismatch) };

        void Add(string name, (string Suffix, int Bytes, string Pointer)[] sizes, bool isSaid)
        {
            candidates.Add([.. sizes.Select(s => Text(name, reversed, s)).Distinct()]);
            if (name is "xchg" or "test" && isSaid)
            {
                candidates.Add([Text(name, operands, sizes[0])]);
            }
        }

        // 'movzbl': from a byte to 4.
        void AddExtension(string name, (string Suffix, int Bytes, string Pointer) to)
        {
            var from = s_sizes.First(s => s.Suffix == name[^1..]);
            if (general!.Bytes != to.Bytes || from.Bytes >= to.Bytes)
            {
                Mismatch(general, $"'{general.Text}' has {general.Bytes} bytes, which '{mnemonic}' does not extend to");
                return;
            }

            candidates.Add([Text(name[3] == 'z' ? "movzx" : from.Bytes == 4 ? "movsxd" : "movsx", reversed, from)]);
        }

        bool Fits(string name, (string Suffix, int Bytes, string Pointer) said)
        {
            for (int i = 0; i < operands.Count; i++)
            {
                AttOperand operand = operands[i];
                bool isCount = i == 0 && operands.Count > 1 && s_shifts.Contains(name);
                if (operand.IsGeneral && operand.Bytes != said.Bytes && !isCount)
                {
                    Mismatch(operand, $"'{operand.Text}' has {Bytes(operand.Bytes)}, and '{mnemonic}' is of {Bytes(said.Bytes)}");
                    return false;
                }

                if (operand.Kind == AttOperandKind.Immediate && said.Bytes < 8 && (operand.Number < -(1L << ((8 * said.Bytes) - 1)) || operand.Number >= 1L << (8 * said.Bytes)))
                {
                    Mismatch(operand, $"{operand.Number} does not fit in {Bytes(said.Bytes)}");
                    return false;
                }
            }

            return true;
        }

        void Mismatch(AttOperand operand, string message) => (at, mismatch) = (operand.Offset, message);

        string Text(string name, IReadOnlyList<AttOperand> ordered, (string Suffix, int Bytes, string Pointer) s) =>
            $"{before}{name} {string.Join(", ", ordered.Select(o => o.Written(s.Pointer, s.Bytes)))}".TrimEnd();
    }

    private static (string Suffix, int Bytes, string Pointer) SizeOf(AttOperand general) => s_sizes.First(s => s.Bytes == general.Bytes);

    private static string Bytes(int count) => count == 1 ? "1 byte" : $"{count} bytes";

    private static string Condition(string mnemonic)
    {
        foreach (string stem in new[] { "cmov", "set", "j" })
        {
            if (mnemonic.StartsWith(stem, StringComparison.Ordinal) && s_conditions.TryGetValue(mnemonic[stem.Length..], out string? name))
            {
                return stem + name;
            }
        }

        return mnemonic;
    }
}
