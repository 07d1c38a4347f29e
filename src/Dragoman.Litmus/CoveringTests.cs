using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus;

/// <summary>Which litmus tests execute which instructions.</summary>
public static class CoveringTests
{
    /// <summary>Names of the tests by instruction (<see cref="AuditEntry.Instruction"/>), in the order given; empty for a guest without encodings.</summary>
    /// <param name="guest">The tests of other guests are passed over.</param>
    /// <param name="files">Name and text of each test.</param>
    /// <exception cref="LitmusException">A file is no litmus test, or no test of its guest.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(IGuest guest, IEnumerable<(string Name, string Text)> files)
    {
        Dictionary<string, List<string>> found = [];
        if (guest.Encodings.Count + guest.Rows.Count == 0)
        {
            return new Dictionary<string, IReadOnlyList<string>>();
        }

        DescribedAssembler assembler = DescribedAssembler.Of(guest);
        Dictionary<string, string> instructions = [];
        foreach ((string name, string text) in files)
        {
            LitmusTest test = LitmusParser.Parse(name, text);
            if (test.Architecture.Guest != guest.Name)
            {
                continue;
            }

            test = test.Architecture.IsAtt ? AttSyntax.Lower(test) : test;
            IEnumerable<AssemblyLine> lines = test.Threads.SelectMany(thread => thread).Where(line => line.Text.Length > 0);
            foreach (string instruction in lines.Select(Instruction).Where(i => i.Length > 0).Distinct())
            {
                if (!found.TryGetValue(instruction, out List<string>? tests))
                {
                    found.Add(instruction, tests = []);
                }

                tests.Add(test.Name);
            }
        }

        return found.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<string>)entry.Value);

        // Branches to labels access nothing, and are left out.
        string Instruction(AssemblyLine line)
        {
            if (!instructions.TryGetValue(line.Text, out string? instruction))
            {
                instruction = line.Candidates.SelectMany(readings => readings).Select(assembler.InstructionOf).FirstOrDefault(name => name is not null) ?? "";
                instructions.Add(line.Text, instruction);
            }

            return instruction;
        }
    }
}
