using System.Buffers.Binary;
using Dragoman.Isa.Decoding;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Makes trials of one encoding: random fields, and operands at random and at the edges of their ranges. The same seed gives the same trials.</summary>
public sealed class TrialGenerator
{
    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x1_00000000,
        0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000, 0xFFFFFFFF_80000000, 0xFFFFFFFF_FFFFFFFF, 0xFFFFFFFF_FFFFFFFE,
    ];

    // Zeros, ones, halves, the largest and smallest normal and subnormal numbers, infinities, quiet and signalling NaNs.
    private static readonly uint[] s_singles =
    [
        0, 0x3F800000, 0x3F000000, 0x40490FDB, 0x7F7FFFFF, 0x00800000, 0x007FFFFF, 0x00000001, 0x7F800000, 0x7FC00001, 0x7FA00001, 0x4B000001, 0x4F000000, 0x5F000000, 0x3F7FFFFF,
    ];

    private static readonly ulong[] s_doubles =
    [
        0, 0x3FF00000_00000000, 0x3FE00000_00000000, 0x400921FB_54442D18, 0x7FEFFFFF_FFFFFFFF, 0x00100000_00000000, 0x000FFFFF_FFFFFFFF, 1,
        0x7FF00000_00000000, 0x7FF80000_00000001, 0x7FF40000_00000001, 0x43300000_00000001, 0x41E00000_00000000, 0x43E00000_00000000, 0x3FEFFFFF_FFFFFFFF,
    ];

    private readonly InstructionEncoding _encoding;
    private readonly Random _random;

    public TrialGenerator(InstructionEncoding encoding, int seed)
    {
        _encoding = encoding;
        _random = new Random(encoding.Item.Name.Text.Aggregate(seed, (hash, c) => unchecked((hash * 31) + c)));
        File = Path.GetFileNameWithoutExtension(encoding.Item.Name.Span.File);
        UsesMemory = File is "loads-stores" or "exclusives" or "atomics-lse" or "simd-loads-stores";
    }

    /// <summary>Name of the description's file.</summary>
    public string File { get; }

    /// <summary>The instruction has a base register, which then points into scratch memory.</summary>
    public bool UsesMemory { get; }

    /// <summary>
    /// What one instruction alone can show: no branches, no system instructions (their values are the machine's own), no store-exclusive
    /// (whose monitor an earlier trial may have set) and no literal loads (whose address is the code's).
    /// </summary>
    public bool IsTried => File is not ("branches" or "system") && _encoding.Item.Name.Text is not ("STXR" or "STXP") && !_encoding.Item.Name.Text.Contains("_lit", StringComparison.Ordinal);

    /// <summary>The next trial. Its word may be undefined.</summary>
    public Trial Next()
    {
        var state = new MachineState();
        for (int i = 0; i < 32; i++)
        {
            state[i] = Integer();
            FillVector(state.Vector(i));
        }

        _random.NextBytes(state.Memory);
        state.Nzcv = (ulong)_random.Next(16) << 28;
        state.Fpcr = (ulong)_random.Next(4) << 22 & (_random.Next(2) == 0 ? 0 : ~0UL) | (_random.Next(8) == 0 ? 1UL << 24 : 0) | (_random.Next(8) == 0 ? 1UL << 25 : 0);
        state.Sp = MachineState.Scratch + 64;
        ulong word = ((uint)_random.NextInt64(1L << 32) & ~_encoding.Mask & ~_encoding.ShouldBeMask) | _encoding.Value | _encoding.ShouldBeValue;
        return new Trial((uint)(UsesMemory ? AimAtScratch(word, state) : word), state);
    }

    /// <summary>
    /// Registers that do not overlap (sharing is mostly unpredictable), small offsets, and a base in the middle of scratch memory.
    /// </summary>
    private ulong AimAtScratch(ulong word, MachineState state)
    {
        int[] spread = [0, 4, 8, 12, 16, 20, 24, 28];
        _random.Shuffle(spread);
        int used = 0;
        int register = 31;
        foreach (EncodingField field in _encoding.Fields)
        {
            long? value = field.Name switch
            {
                "rn" => register = _random.Next(8) == 0 ? 31 : spread[used++],
                "rt" or "rt2" or "rs" or "rm" => field.Width == 5 ? (_random.Next(12) == 0 ? 31 : spread[used++]) : null,
                "imm12" => _random.Next(4),
                "imm9" => _random.Next(-64, 64),
                "imm7" => _random.Next(-3, 3),
                _ => null,
            };
            if (value is { } number)
            {
                word = (word & ~field.Mask) | field.Insert(number);
            }
        }

        if (_encoding.Fields.FirstOrDefault(f => f.Name == "rm") is { } index && index.Extract(word) is var m && m != 31)
        {
            // A word index keeps what the extension must drop.
            bool isWord = _encoding.Fields.Any(f => f.Name == "option" && (f.Extract(word) & 1) == 0);
            ulong value = (ulong)_random.Next(0, 5) - (_random.Next(2) == 0 && _encoding.Fields.Any(f => f.Name == "option" && f.Extract(word) >= 6) ? 2UL : 0);
            state[(int)m] = isWord ? (uint)value | (Integer() & 0xFFFFFFFF_00000000) : value;
        }

        // Plain accesses need no alignment.
        ulong skew = File is "loads-stores" or "simd-loads-stores" && _random.Next(2) == 0 && register != 31 ? (ulong)_random.Next(16) : 0;
        state[register] = MachineState.Scratch + 96 + skew;
        return word;
    }

    private ulong Integer() => _random.Next(4) switch
    {
        0 => s_edges[_random.Next(s_edges.Length)],
        1 => (ulong)_random.NextInt64() >> _random.Next(64),
        2 => s_edges[_random.Next(s_edges.Length)] - (ulong)_random.Next(3),
        _ => (ulong)_random.NextInt64(long.MinValue, long.MaxValue),
    };

    private void FillVector(Span<byte> vector)
    {
        switch (_random.Next(5))
        {
            case 0:
                for (int i = 0; i < 16; i += 4)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(vector[i..], s_singles[_random.Next(s_singles.Length)] | ((uint)_random.Next(2) << 31));
                }

                break;
            case 1:
                for (int i = 0; i < 16; i += 8)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(vector[i..], s_doubles[_random.Next(s_doubles.Length)] | ((ulong)_random.Next(2) << 63));
                }

                break;
            case 2:
                for (int i = 0; i < 16; i += 8)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(vector[i..], Integer());
                }

                break;
            case 3:
                // Numbers of like size, so that sums round and products stay finite.
                for (int i = 0; i < 16; i += 8)
                {
                    double number = (_random.NextDouble() - 0.5) * Math.Pow(2, _random.Next(-30, 30));
                    if (_random.Next(2) == 0)
                    {
                        BinaryPrimitives.WriteDoubleLittleEndian(vector[i..], number);
                    }
                    else
                    {
                        BinaryPrimitives.WriteSingleLittleEndian(vector[i..], (float)number);
                        BinaryPrimitives.WriteSingleLittleEndian(vector[(i + 4)..], (float)-number / 3);
                    }
                }

                break;
            default:
                _random.NextBytes(vector);
                break;
        }
    }
}
