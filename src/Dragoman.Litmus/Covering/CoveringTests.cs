using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Covering;

/// <summary>Which tests execute which instructions of a guest, by what their sources spell out.</summary>
/// <remarks>Belongs to one thread.</remarks>
/// <param name="guest">The guest; one without encodings has no such tests.</param>
public sealed class CoveringTests(IGuest guest)
{
    // What a text is: an instruction of the description, or empty.
    private readonly Dictionary<string, string> _instructions = [];
    private readonly DescribedAssembler? _assembler = guest.Encodings.Count + guest.Rows.Count == 0 ? null : DescribedAssembler.Of(guest);

    /// <summary>Names of litmus tests by instruction (<see cref="AuditEntry.Instruction"/>), in the order given.</summary>
    /// <param name="files">Name and text of each test; those of other guests are passed over.</param>
    /// <exception cref="LitmusException">A file is no litmus test, or no test of its guest.</exception>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Litmus(IEnumerable<(string Name, string Text)> files) =>
        ByInstruction(files.Select(file => LitmusParser.Parse(file.Name, file.Text)).Where(test => test.Architecture.Guest == guest.Name).Select(test => (test.Name, Lines(test))));

    /// <summary>Names of sources in GNU C and assembly by instruction (<see cref="AuditEntry.Instruction"/>), in the order given: of those that spell it out.</summary>
    /// <param name="sources">Name and text of each source of the guest's, with the headers that they include.</param>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Programs(IReadOnlyList<(string Name, string Text)> sources)
    {
        SpelledInstructions spelled = new(sources);
        return ByInstruction(sources.Select(source => (source.Name, spelled.Of(source.Name, source.Text).Select(text => (IEnumerable<string>)[text]))));
    }

    // An instruction of a test is one text, or several readings of it.
    private static IEnumerable<IEnumerable<string>> Lines(LitmusTest test) =>
        (test.Architecture.IsAtt ? AttSyntax.Lower(test) : test).Threads.SelectMany(thread => thread).Where(line => line.Text.Length > 0).Select(line => line.Candidates.SelectMany(readings => readings));

    private Dictionary<string, IReadOnlyList<string>> ByInstruction(IEnumerable<(string Name, IEnumerable<IEnumerable<string>> Lines)> tests)
    {
        Dictionary<string, IReadOnlyList<string>> found = [];
        foreach ((string name, IEnumerable<IEnumerable<string>> lines) in tests)
        {
            // Branches to labels access nothing, and are left out.
            foreach (string instruction in lines.Select(readings => readings.Select(Instruction).FirstOrDefault(i => i.Length > 0) ?? "").Where(i => i.Length > 0).Distinct())
            {
                found[instruction] = [.. found.GetValueOrDefault(instruction) ?? [], name];
            }
        }

        return found;
    }

    private string Instruction(string text)
    {
        if (!_instructions.TryGetValue(text, out string? instruction))
        {
            _instructions.Add(text, instruction = _assembler?.InstructionOf(text) ?? "");
        }

        return instruction;
    }
}
