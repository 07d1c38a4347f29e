using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>GNU objdump, which knows the extensions that <see cref="CapstoneWitness"/> does not.</summary>
public sealed partial class ObjdumpWitness : IDisassemblyWitness
{
    private const string Command = "aarch64-linux-gnu-objdump";

    /// <summary>Whether it is installed (Debian's binutils-aarch64-linux-gnu).</summary>
    public static bool IsInstalled => Tools.Find(Command) is not null;

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
            using var process = Process.Start(new ProcessStartInfo(Command, ["-D", "-z", "-b", "binary", "-m", "aarch64", "-M", "no-notes", file]) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string[] texts = new string[words.Count];
            foreach (Match line in Line().Matches(output))
            {
                ulong place = Convert.ToUInt64(line.Groups["place"].Value, 16);
                string text = Target().Replace(line.Groups["text"].Value, m => MoveTarget(m, place, pc));
                texts[place / 4] = text.StartsWith('.') ? DisassemblyText.Undefined : DisassemblyText.Normalize(text);
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

    [GeneratedRegex(@"^ *(?<place>[0-9a-f]+):\t[0-9a-f]{8} \t(?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    // The last operand of a branch or literal load: an address without '#'.
    [GeneratedRegex(@"(?<before>^(b|bl|b\.\w+|cbn?z|tbn?z|adrp?|ldr|ldrsw|prfm)\t([^\[]*, )?)0x(?<target>[0-9a-f]+)")]
    private static partial Regex Target();
}
