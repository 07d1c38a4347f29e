using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Xunit;

namespace Dragoman.Guests.Tests;

/// <summary>The <c>test</c> lines of a description: state before, instruction, state after, on each engine.</summary>
public sealed unsafe class VectorTests
{
    public static TheoryData<string> Files() => [.. Vectors.All().Select(v => v.Place.Split(':')[0]).Distinct()];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_interpreter_agrees(string file) => Check(file, new InterpreterBackend(), optimize: false);

    [Theory]
    [MemberData(nameof(Files))]
    public void The_interpreter_agrees_on_optimized_ops(string file) => Check(file, new InterpreterBackend(), optimize: true);

    [Theory]
    [MemberData(nameof(Files))]
    public void Compiled_code_agrees(string file) => Check(file, new IlBackend(), optimize: true);

    private static void Check(string file, ITcgBackend backend, bool optimize)
    {
        List<string> failures = [];
        using var machine = new TestMachine();
        foreach (TestVector vector in Vectors.All().Where(v => v.Place.StartsWith(file + ":", StringComparison.Ordinal)))
        {
            if (Run(machine, vector, backend, optimize) is { } failure)
            {
                failures.Add($"{vector.Place} {vector.Text}: {failure}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static string? Run(TestMachine machine, TestVector vector, ITcgBackend backend, bool optimize)
    {
        machine.Clear();
        foreach (TestState state in vector.Before)
        {
            machine.Set(state);
        }

        machine.LoadEnvironment();
        try
        {
            if (machine.Translate(optimize, vector.Word) is { } missing)
            {
                return "not described: " + missing;
            }

            if (vector.After.Count > 0)
            {
                machine.Run(backend);
            }
        }
        catch (Exception exception)
        {
            return exception.GetType().Name + ": " + exception.Message + exception.StackTrace?.Split('\n').FirstOrDefault();
        }

        List<string> wrong = [];
        foreach (TestState state in vector.After)
        {
            UInt128 actual = machine.Get(state);
            if (actual != state.Value)
            {
                wrong.Add($"{(state.Register.Length == 0 ? $"[{state.Address:x}]" : state.Register)} is {actual:x}, not {state.Value:x}");
            }
        }

        return wrong.Count == 0 ? null : string.Join(", ", wrong);
    }
}
