using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>GNU objdump of Debian's cross binutils.</summary>
/// <param name="command">The program.</param>
/// <param name="arguments">What tells it the machine.</param>
/// <param name="moveTargets">A text at the first address, put at the second: addresses in it move along.</param>
/// <param name="normalize">The form in which texts are compared.</param>
public sealed partial class ObjdumpWitness(string command, string[] arguments, Func<string, ulong, ulong, string> moveTargets, Func<string, string> normalize)
    : IDisassemblyWitness
{
    /// <summary>For A64, of which it knows the extensions that <see cref="CapstoneWitness"/> does not.</summary>
    public static ObjdumpWitness AArch64 { get; } = new(
        "aarch64-linux-gnu-objdump", ["-m", "aarch64", "-M", "no-notes"],
        (text, place, pc) => AArch64Target().Replace(text, m => MoveTarget(m, place, pc)), DisassemblyText.Normalize);

    /// <summary>For Alpha.</summary>
    public static ObjdumpWitness Alpha { get; } = new(
        "alpha-linux-gnu-objdump", ["-m", "alpha"],
        (text, place, pc) => AlphaTarget().Replace(text, m => $"{m.Groups["before"].Value}0x{Convert.ToUInt64(m.Groups["target"].Value, 16) - (place - pc):x}"),
        text => text.Replace('\t', ' '));

    public IReadOnlyList<string> Disassemble(IReadOnlyList<uint> words, ulong pc)
    {
        // Each word alone at the same address is a process each; so branch targets are moved back by the word's place instead.
        string file = Path.GetTempFileName();
        try
        {
            byte[] bytes = new byte[words.Count * 4];
            for (int i = 0; i < words.Count; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);
            }

            File.WriteAllBytes(file, bytes);
            using var process = Process.Start(new ProcessStartInfo(command, ["-D", "-z", "-b", "binary", .. arguments, file]) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string[] texts = new string[words.Count];
            foreach (Match line in Line().Matches(output))
            {
                ulong place = Convert.ToUInt64(line.Groups["place"].Value, 16);
                string text = moveTargets(line.Groups["text"].Value, place, pc);
                texts[place / 4] = text.StartsWith('.') ? DisassemblyText.Undefined : normalize(text.Trim());
            }

            return texts;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string MoveTarget(Match match, ulong place, ulong pc)
    {
        ulong target = Convert.ToUInt64(match.Groups["target"].Value, 16);
        ulong origin = match.Value.StartsWith("adrp", StringComparison.Ordinal) ? (place & ~4095UL) - (pc & ~4095UL) : place - pc;
        return $"{match.Groups["before"].Value}#0x{target - origin:x}";
    }

    [GeneratedRegex(@"^ *(?<place>[0-9a-f]+):\t(?:[0-9a-f]{8}|[0-9a-f]{2}(?: [0-9a-f]{2}){3}) \t(?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    // The last operand of a branch or literal load: an address without '#'.
    [GeneratedRegex(@"(?<before>^(b|bl|b\.\w+|cbn?z|tbn?z|adrp?|ldr|ldrsw|prfm)\t([^\[]*, )?)0x(?<target>[0-9a-f]+)")]
    private static partial Regex AArch64Target();

    // Of a branch, or the hint of a jump.
    [GeneratedRegex(@"(?<before>^(f?b[a-z]+|jmp|jsr)\t([^\s]*,)?)0x(?<target>[0-9a-f]+)$")]
    private static partial Regex AlphaTarget();
}
