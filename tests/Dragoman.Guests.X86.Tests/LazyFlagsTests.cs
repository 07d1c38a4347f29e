using Dragoman.Guests.Tests.Witness;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>
/// An instruction that sets flags and one that uses them, in one TB, where the condition is the producer's own form, and in a TB each, where it reads the
/// flags themselves: both must give what the processor gives.
/// </summary>
[Collection("processor")]
public sealed class LazyFlagsTests(ITestOutputHelper output)
{
    private const int StatesPerPair = 3;

    // On AL, AX, EAX, RAX with BL.. or CL; flags that one of these leaves undefined decide nothing below.
    private static readonly (string Code, ulong Undefined)[] s_producers =
    [
        ("00D8", 0), ("6601D8", 0), ("01D8", 0), ("4801D8", 0),
        ("10D8", 0), ("11D8", 0), ("4811D8", 0), ("18D8", 0), ("19D8", 0), ("4819D8", 0),
        ("28D8", 0), ("6629D8", 0), ("29D8", 0), ("4829D8", 0), ("38D8", 0), ("6639D8", 0), ("39D8", 0), ("4839D8", 0), ("3C80", 0), ("83F8FF", 0),
        ("20D8", 0x10), ("6621D8", 0x10), ("21D8", 0x10), ("4821D8", 0x10), ("84C0", 0x10), ("85C0", 0x10), ("4885C0", 0x10), ("31C0", 0x10),
        ("FEC0", 0), ("66FFC0", 0), ("FFC0", 0), ("48FFC0", 0), ("FEC8", 0), ("FFC8", 0), ("48FFC8", 0), ("F6D8", 0), ("F7D8", 0), ("48F7D8", 0),
        ("D0E0", 0x10), ("D1E0", 0x10), ("48D1E8", 0x10), ("D1F8", 0x10), ("C1E005", 0x810), ("C1E805", 0x810), ("48D3E0", 0x810), ("D3F8", 0x810),
        ("D1C0", 0), ("D1D0", 0), ("F8", 0), ("F9", 0), ("F5", 0), ("9E", 0), ("0FBAE007", 0x894),
    ];

    // SETcc, CMOVcc, ADC, and two in a row.
    private static IEnumerable<string> Consumers(int condition) =>
        [$"0F{0x90 + condition:X2}C2", $"480F{0x40 + condition:X2}F7", $"0F{0x90 + condition:X2}C2FFC1", $"0F{0x90 + condition:X2}C20F{0x90 + (condition ^ 1):X2}C6"];

    // What the conditions read, by their number without the lowest bit: O, C, Z, CZ, S, P, SO, ZSO.
    private static readonly ulong[] s_reads = [0x800, 1, 0x40, 0x41, 0x80, 4, 0x880, 0x8C0];

    [Fact]
    public void Conditions_hold_behind_each_producer_and_alone()
    {
        using var native = new NativeProcessor();
        using var interpreter = new X86Machine(new InterpreterBackend(), undefined: 0);
        using var il = new X86Machine(new IlBackend(), undefined: 0);
        using var eager = new X86Machine(new InterpreterBackend(), undefined: 0, isOneInstruction: true);
        var random = new Random(5);
        var failures = new List<string>();
        int compared = 0;
        foreach ((string producer, ulong undefined) in s_producers)
        {
            for (int condition = 0; condition < 16; condition++)
            {
                if ((s_reads[condition / 2] & undefined) != 0)
                {
                    continue;
                }

                foreach (string consumer in Consumers(condition))
                {
                    byte[] code = Convert.FromHexString(producer + consumer);
                    for (int i = 0; i < StatesPerPair; i++)
                    {
                        X86State before = State(random);
                        X86State expected = native.Execute(code, before);
                        compared++;
                        Note("lazy, interpreted", interpreter.Execute(code, before));
                        Note("eager, interpreted", eager.Execute(code, before));
                        if (i == 0 && condition % 2 == 0)
                        {
                            Note("lazy, compiled", il.Execute(code, before));
                        }

                        void Note(string who, X86State actual)
                        {
                            if (actual.Difference(expected, X86State.Flags & ~undefined) is { Length: > 0 } difference)
                            {
                                failures.Add($"{who}: {Convert.ToHexString(code)}: {difference}; RAX {before.Registers[0]:x} RBX {before.Registers[3]:x} RCX {before.Registers[1]:x} flags {before.Rflags:x}");
                            }
                        }
                    }
                }
            }
        }

        output.WriteLine($"{compared} pairs");
        Assert.True(failures.Count == 0, $"{failures.Count} differ:\n{string.Join("\n", failures.Take(10))}");
    }

    [Fact]
    public void Each_branch_is_taken_as_its_condition_says()
    {
        using var native = new NativeProcessor();
        using var interpreter = new X86Machine(new InterpreterBackend(), undefined: 0);
        using var il = new X86Machine(new IlBackend(), undefined: 0);
        for (int condition = 0; condition < 16; condition++)
        {
            byte[] set = [0x0F, (byte)(0x90 + condition), 0xC0];

            // jcc over a breakpoint
            byte[] branch = [(byte)(0x70 + condition), 1, 0xCC, 0x90];
            foreach (X86Machine machine in new[] { interpreter, il })
            {
                for (ulong i = 0; i < (machine == il ? 8UL : 64UL); i++)
                {
                    // OF SF ZF AF PF CF from bit 5
                    ulong flags = (i >> 5 & 1) << 11 | (i >> 4 & 1) << 7 | (i >> 3 & 1) << 6 | (i >> 2 & 1) << 4 | (i >> 1 & 1) << 2 | i & 1;
                    var before = new X86State { Rflags = flags };
                    bool holds = (native.Execute(set, before).Registers[0] & 1) != 0;
                    machine.Execute(branch, before);
                    Assert.Equal((condition, flags, holds ? 5 : 3), (condition, flags, (int)(machine.Pc - X86Machine.Slot)));
                }
            }
        }
    }

    private static X86State State(Random random)
    {
        var state = new X86State { Rflags = (ulong)random.NextInt64() & X86State.Flags & ~0x400UL };
        ulong[] edges = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, long.MaxValue, 1UL << 63, ulong.MaxValue];
        for (int i = 0; i < 16; i++)
        {
            state.Registers[i] = random.Next(2) == 0 ? edges[random.Next(edges.Length)] : (ulong)random.NextInt64();
        }

        return state;
    }
}
