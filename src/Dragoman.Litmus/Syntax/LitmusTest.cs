namespace Dragoman.Litmus.Syntax;

/// <summary>A litmus test as its file has it.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Architecture">For which guest it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Locations">Shared variables, in the order in which they are first named.</param>
/// <param name="Registers">Values of registers at the start.</param>
/// <param name="Threads">Instructions of each thread.</param>
/// <param name="Observed">Registers and locations whose final values make an outcome, sorted by thread and name.</param>
/// <param name="Condition">What is asked of the outcomes.</param>
public sealed record LitmusTest(
    string Path,
    LitmusArchitecture Architecture,
    string Name,
    IReadOnlyList<LitmusLocation> Locations,
    IReadOnlyList<InitialRegister> Registers,
    IReadOnlyList<IReadOnlyList<AssemblyLine>> Threads,
    IReadOnlyList<Observable> Observed,
    FinalCondition Condition);

/// <summary>A shared variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Size of an element: 1, 2, 4, 8 or 16.</param>
/// <param name="Initial">Its value at the start.</param>
/// <param name="Count">Elements: more than one of an array, which begins with zeros.</param>
public sealed record LitmusLocation(string Name, int Bytes, InitialValue Initial, int Count = 1)
{
    /// <summary>Least bytes of memory that a variable has, whatever its size: tests may access more of it.</summary>
    public const int LeastBytes = 16;

    /// <summary>Bytes of memory.</summary>
    public int Extent => Math.Max(LeastBytes, Bytes * Count);
}

/// <summary>A register with a value at the start.</summary>
/// <param name="Thread">Number of the thread.</param>
/// <param name="Register">The manual's name.</param>
/// <param name="Value">The value.</param>
/// <param name="Written">The name as the test writes it.</param>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public sealed record InitialRegister(int Thread, string Register, InitialValue Value, string Written, int Line, int Column);

/// <summary>A number, or the address of a location.</summary>
/// <param name="Number">The number, when there is no location.</param>
/// <param name="Location">The location whose address it is, or null.</param>
public sealed record InitialValue(UInt128 Number, string? Location);

/// <summary>A line of a thread: a label, an instruction or both.</summary>
/// <param name="Label">The label, or null.</param>
/// <param name="Text">The instruction, or an empty string.</param>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Column">Column of the instruction, from 1.</param>
public sealed record AssemblyLine(string? Label, string Text, int Line, int Column)
{
    /// <summary>
    /// What the disassembler may write for it: the text itself unless the syntax is another. Of the first list that has an instruction that one holds; more than
    /// one in a list is an ambiguity.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Candidates { get; init; } = [[Text]];

    /// <summary>What speaks against a reading that is no candidate, and where in the text; or null.</summary>
    public (int Offset, string Message)? Mismatch { get; init; }
}
