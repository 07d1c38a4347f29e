using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Dynamically linked programs, with their libraries under -L.</summary>
public sealed class DynamicGuestTests
{
    private const string Prefix = "/usr/aarch64-linux-gnu";

    [WitnessTheory]
    [InlineData("print-floats")]
    [InlineData("threads")]
    [InlineData("maths")]
    public void A_dynamic_program_runs_with_its_libraries(string name)
    {
        string program = GuestCompiler.Build(name, "-O2 -dynamic");
        Witness.AssertSame(Witness.Run(program, options: ["-L", Prefix]), DragomanCommand.Run(program, options: ["-L", Prefix]));
    }

    [WitnessFact]
    public void A_missing_interpreter_is_one_line()
    {
        string program = GuestCompiler.Build("jumps", "-O2 -dynamic");
        ProcessResult result = DragomanCommand.Run(program, options: ["-L", "/nonexistent"]);
        Refusal.AssertOneLine(result);
    }
}
