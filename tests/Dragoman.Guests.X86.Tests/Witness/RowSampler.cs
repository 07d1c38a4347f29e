using Dragoman.Isa.Decoding;
using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>Bytes of each row of the description: its encoding with every form of ModRM, and prefixes at random. The same seed gives the same bytes.</summary>
public sealed class RowSampler
{
    private static readonly byte[] s_legacy = [0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65];

    private RowSampler(ByteDecoderModel model) => Rows = model.Rows;

    /// <summary>The rows of <c>isa/x86</c>.</summary>
    public static RowSampler X86 { get; } = Load();

    public IReadOnlyList<RowModel> Rows { get; }

    /// <summary>Bytes that the row's encoding begins, followed by random ones: 15 in all, or 16 with more prefixes than an instruction may have.</summary>
    public static IEnumerable<byte[]> Sample(RowModel row, int count, Random random)
    {
        for (int i = 0; i < count; i++)
        {
            List<byte> code = [];
            bool isVector = row.Syntax.Prefix.Count > 0 && row.Syntax.Prefix[0].Text is "VEX";
            for (int k = random.Next(8) switch { < 4 => 0, < 6 => 1, 6 => 2, _ => random.Next(14) }; k > 0 && !isVector; k--)
            {
                code.Add(s_legacy[random.Next(s_legacy.Length)]);
            }

            if (isVector)
            {
                AddVector(code, row, random);
            }
            else
            {
                AddLegacy(code, row, random);
            }

            AddModRm(code, row, random);
            while (code.Count < 15)
            {
                code.Add((byte)random.Next(256));
            }

            yield return [.. code.Take(16)];
        }
    }

    private static void AddLegacy(List<byte> code, RowModel row, Random random)
    {
        bool isPrefixed = row.Syntax.Bytes.Count > 1 && row.Syntax.Bytes[0] is 0x66 or 0xF2 or 0xF3;
        int next = 0;
        if (isPrefixed)
        {
            code.Add((byte)row.Syntax.Bytes[next++]);
        }

        if (random.Next(3) == 0)
        {
            code.Add((byte)(0x40 | random.Next(16)));
        }

        for (; next < row.Syntax.Bytes.Count; next++)
        {
            int open = next == row.Syntax.OpenIn ? random.Next(1 << row.Syntax.OpenBits) : 0;
            code.Add((byte)(row.Syntax.Bytes[next] | open));
        }
    }

    private static void AddVector(List<byte> code, RowModel row, Random random)
    {
        ulong value = row.Encoding.Value;
        ulong mask = row.Encoding.Mask;
        ulong Field(EncodingField field) => (value & mask | (ulong)random.NextInt64() & ~mask) >> field.Low & ((1UL << field.Width) - 1);
        int map = (int)Field(RowKey.Map);
        int w = (int)Field(RowKey.W);
        int rest = (row.LacksVectorOperand && random.Next(8) != 0 ? 15 : random.Next(16)) << 3 | ((int)Field(RowKey.L) & 1) << 2 | (int)Field(RowKey.Pp);
        if (map == 1 && w == 0 && random.Next(2) == 0)
        {
            code.Add(0xC5);
            code.Add((byte)(random.Next(2) << 7 | rest));
        }
        else
        {
            code.Add(0xC4);
            code.Add((byte)(random.Next(8) << 5 | map));
            code.Add((byte)(w << 7 | rest));
        }

        code.Add((byte)row.Syntax.Bytes[0]);
    }

    private static void AddModRm(List<byte> code, RowModel row, Random random)
    {
        if (row.HasModRm && row.Syntax.Digit is { } digit)
        {
            int reg = digit >= 0 ? digit : random.Next(8);
            int mod = row.Encoding.Mask is var mask && (mask & RowKey.Memory.Mask) != 0
                ? (row.Encoding.Value & RowKey.Memory.Mask) != 0 ? random.Next(3) : 3
                : random.Next(4);
            code.Add((byte)(mod << 6 | reg << 3 | random.Next(8)));
        }
    }

    private static RowSampler Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "isa", "x86");
        var diagnostics = new DiagnosticBag();
        Item[] items = [.. Directory.GetFiles(folder, "*.isa").Order(StringComparer.Ordinal).SelectMany(path => Parser.Parse(path, File.ReadAllText(path), diagnostics).Items)];
        return new RowSampler(DecoderBuilder.Build(items, diagnostics).Bytes!);
    }
}
