using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Xunit;

namespace Dragoman.Guests.Tests;

/// <summary>
/// Random encodings around those of the test lines, on random and edge values: the oracle, which computes the description's bodies on values,
/// against the ops that the frontend builds from them, run by each engine.
/// </summary>
public sealed unsafe class OracleTests
{
    private const int WordsPerVector = 60;

    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
        ulong.MaxValue, 0x3F80_0000_3F80_0000, 0x3FF0_0000_0000_0000, 0x7F80_0000_FF80_0000, 0x7FF0_0000_0000_0000, 0x7FC0_0001_7FA0_0001, 0x7FF4_0000_0000_0001,
        0x0000_0001_8000_0001, 0x8080_8080_8080_8080,
    ];

    public static TheoryData<string> Files() => VectorTests.Files();

    [Theory]
    [MemberData(nameof(Files))]
    public void The_interpreter_agrees(string file) => Check(file, new InterpreterBackend(), optimize: false, WordsPerVector);

    [Theory]
    [MemberData(nameof(Files))]
    public void The_interpreter_agrees_on_optimized_ops(string file) => Check(file, new InterpreterBackend(), optimize: true, WordsPerVector);

    [Theory]
    [MemberData(nameof(Files))]
    public void Compiled_code_agrees(string file) => Check(file, new IlBackend(), optimize: true, WordsPerVector / 10);

    private static void Check(string file, ITcgBackend backend, bool optimize, int words)
    {
        using var expected = new TestMachine();
        using var actual = new TestMachine();
        var oracle = expected.Oracle();
        var random = new Random(file.Length * 1000 + words);
        Dictionary<InsnId, string> failures = [];
        int compared = 0;
        foreach (TestVector vector in Vectors.All().Where(v => v.Place.StartsWith(file + ":", StringComparison.Ordinal)))
        {
            for (int i = 0; i < words; i++)
            {
                uint word = Mutate(vector.Word, random);
                InsnId id = Decoder.Decode(word);
                if (id == InsnId.Undefined || RandomState.IsClock(id) || failures.ContainsKey(id))
                {
                    continue;
                }

                Randomize(expected, random);
                expected.Place(word);
                expected.Header->Exception = 0;
                actual.CopyFrom(expected);
                if (!oracle.Execute(word) || oracle.Exception != ExceptionKind.None || expected.Header->Exception != 0)
                {
                    continue;
                }

                GuestState.Layout.FpEnvironment!.Store(expected.Env);
                compared++;
                if (Compare(word, backend, optimize, expected, actual) is { } failure)
                {
                    failures[id] = $"{id} {word:x8} {Text(word)}: {failure}";
                }
            }
        }

        Assert.True(compared > 0 || RandomState.IsOfTheKernel(file), "nothing was compared");
        Assert.True(failures.Count == 0, string.Join("\n", failures.Values));
    }

    private static string? Compare(uint word, ITcgBackend backend, bool optimize, TestMachine expected, TestMachine actual)
    {
        try
        {
            actual.Translate(optimize, word);
            actual.Run(backend);
        }
        catch (Exception exception)
        {
            return exception.GetType().Name + ": " + exception.Message + exception.StackTrace?.Split('\n').FirstOrDefault();
        }

        return actual.Difference(expected);
    }

    private static string Text(uint word)
    {
        var text = new System.Text.StringBuilder();
        Guest.Instance.Disassemble(BitConverter.GetBytes(word), TestMachine.CodeAddress, text);
        return text.ToString();
    }

    private static uint Mutate(uint word, Random random)
    {
        int flips = random.Next(0, 6);
        for (int i = 0; i < flips; i++)
        {
            word ^= 1u << random.Next(32);
        }

        return word;
    }

    private static void Randomize(TestMachine machine, Random random)
    {
        machine.Clear();
        RandomState.Fill(machine, random, () => Value(random));
        random.NextBytes(machine.MemorySpan[0x1F000..0x32000]);
        machine.LoadEnvironment();
        GuestState.Layout.FpEnvironment!.Store(machine.Env);
    }

    // A third are addresses of memory that there is.
    private static ulong Value(Random random) => random.Next(3) switch
    {
        0 => (ulong)random.Next(0x20000, 0x30000) & ~(ulong)random.Next(16),
        1 => s_edges[random.Next(s_edges.Length)],
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
    };
}
