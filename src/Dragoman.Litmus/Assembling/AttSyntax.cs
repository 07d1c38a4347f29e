using Dragoman.Litmus.Syntax;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// Puts an x86-64 test, which herd has in AT&amp;T syntax, into that of the disassembler. A variable in the place of an address becomes a register that the thread
/// does not use, which begins with its address, as litmus7's compiler makes of it.
/// </summary>
internal static class AttSyntax
{
    // Registers for addresses: those that no instruction uses without naming them.
    private static readonly string[] s_free = ["R15", "R14", "R13", "R12", "R11", "R10", "R9", "R8"];

    /// <summary>The variables that an instruction names.</summary>
    /// <exception cref="LitmusException">The instruction is not understood.</exception>
    public static IEnumerable<string> Variables(string path, AssemblyLine line) =>
        Parse(path, line).Operands.Select(o => o.Variable).OfType<string>();

    /// <summary>The test in the disassembler's syntax.</summary>
    /// <exception cref="LitmusException">An instruction is not understood, or a thread names more variables than it leaves registers.</exception>
    public static LitmusTest Lower(LitmusTest test)
    {
        List<InitialRegister> registers = [.. test.Registers];
        IReadOnlyList<IReadOnlyList<AssemblyLine>> threads = [.. test.Threads.Select((lines, thread) => LowerThread(test, lines, thread, registers))];
        return test with { Threads = threads, Registers = registers };
    }

    private static IReadOnlyList<AssemblyLine> LowerThread(LitmusTest test, IReadOnlyList<AssemblyLine> lines, int thread, List<InitialRegister> registers)
    {
        Dictionary<AssemblyLine, AttParser> parsed = lines.Where(l => l.Text.Length > 0).ToDictionary(l => l, l => Parse(test.Path, l));
        HashSet<string> used = [
            .. registers.Where(r => r.Thread == thread).Select(r => r.Register),
            .. test.Observed.Where(o => o.Thread == thread).Select(o => o.Name),
            .. parsed.Values.SelectMany(p => p.Operands).SelectMany(o => new[] { o.Base, o.Index, o.Text }).Select(name => test.Architecture.Register(name).Register)];
        Queue<string> free = new(s_free.Where(name => !used.Contains(name)));
        Dictionary<string, string> addresses = [];
        return [.. lines.Select(line => line.Text.Length == 0 ? line : LowerLine(line))];

        AssemblyLine LowerLine(AssemblyLine line)
        {
            AttParser instruction = parsed[line];
            AttOperand[] operands = [.. instruction.Operands.Select(o => o.Variable is { } variable ? o with { Base = AddressOf(variable, line), Variable = null } : o)];
            if (operands.FirstOrDefault(o => o.Kind == AttOperandKind.Label && lines.All(l => l.Label != o.Text)) is { } stray)
            {
                throw new LitmusException(test.Path, line.Line, line.Column + stray.Offset, $"the thread has no label '{stray.Text}'");
            }

            return AttInstruction.Lower(test.Path, line, instruction.Words, operands);
        }

        string AddressOf(string variable, AssemblyLine line)
        {
            if (!addresses.TryGetValue(variable, out string? register))
            {
                register = free.TryDequeue(out string? next) ? next
                    : throw new LitmusException(test.Path, line.Line, line.Column, "the thread names more variables than it leaves registers for their addresses");
                addresses.Add(variable, register);
                registers.Add(new InitialRegister(thread, register, new InitialValue(0, variable), register, line.Line, line.Column));
            }

            return register.ToLowerInvariant();
        }
    }

    private static AttParser Parse(string path, AssemblyLine line)
    {
        AttParser parser = new(line.Text);
        try
        {
            if (line.Text.Length > 0)
            {
                parser.Read();
            }

            return parser;
        }
        catch (AttException error)
        {
            throw new LitmusException(path, line.Line, line.Column + error.Offset, error.Message);
        }
    }
}
