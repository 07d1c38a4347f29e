using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus;

/// <summary>Which litmus tests execute which instructions.</summary>
public static class CoveringTests
{
    /// <summary>Names of the tests by instruction (<see cref="AuditEntry.Instruction"/>), in the order given; empty for a guest that cannot be assembled.</summary>
    /// <param name="guest">The tests of other guests are passed over.</param>
    /// <param name="files">Name and text of each test.</param>
    /// <exception cref="LitmusException">A file is no litmus test, or no test of its guest.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(IGuest guest, IEnumerable<(string Name, string Text)> files)
    {
        Dictionary<string, List<string>> found = [];
        if (guest.Encodings.Count == 0)
        {
            return new Dictionary<string, IReadOnlyList<string>>();
        }

        var assembler = new DescribedAssembler(guest);
        Dictionary<string, string> instructions = [];
        foreach ((string name, string text) in files)
        {
            LitmusTest test = LitmusParser.Parse(name, text);
            if (test.Architecture.Guest != guest.Name)
            {
                continue;
            }

            IEnumerable<string> lines = test.Threads.SelectMany(thread => thread).Select(line => line.Text).Where(line => line.Length > 0);
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
        string Instruction(string line)
        {
            if (!instructions.TryGetValue(line, out string? instruction))
            {
                instructions.Add(line, instruction = assembler.Assemble(line, 0x1000)?.Instruction ?? "");
            }

            return instruction;
        }
    }
}
