namespace Dragoman.Litmus.Syntax;

/// <summary>Reads tests in herd's <c>.litmus</c> format: the part that the classic shapes need.</summary>
/// <remarks>
/// Header, an optional description, initial state, a table of instructions with one column a thread, <c>locations</c>, and one of <c>exists</c>,
/// <c>~exists</c> and <c>forall</c>. What is not understood is refused with its line.
/// </remarks>
public sealed class LitmusParser
{
    /// <summary>Most threads and shared variables of a test.</summary>
    public const int MaxThreads = 8;

    private static readonly Dictionary<string, int> s_types = new()
    {
        ["int8_t"] = 1, ["uint8_t"] = 1, ["char"] = 1, ["int16_t"] = 2, ["uint16_t"] = 2, ["short"] = 2, ["int32_t"] = 4, ["uint32_t"] = 4, ["int"] = 4,
        ["int64_t"] = 8, ["uint64_t"] = 8, ["long"] = 8, ["int128_t"] = 16, ["uint128_t"] = 16, ["__int128"] = 16, ["intptr_t"] = 8,
    };

    private readonly string _path;
    private readonly LitmusScanner _scanner;
    private readonly List<LitmusLocation> _locations = [];
    private readonly List<InitialRegister> _registers = [];
    private readonly List<List<AssemblyLine>> _threads = [];
    private readonly List<Observable> _observed = [];
    private LitmusArchitecture _architecture = null!;

    private LitmusParser(string path, string text)
    {
        _path = path;
        _scanner = new LitmusScanner(path, text);
    }

    /// <summary>Reads a test.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">What it holds.</param>
    /// <exception cref="LitmusException">The text is no litmus test that this reader understands.</exception>
    public static LitmusTest Parse(string path, string text) => new LitmusParser(path, text).ReadTest();

    private LitmusTest ReadTest()
    {
        string header = _scanner.ExpectName("an architecture");
        _architecture = LitmusArchitecture.All.FirstOrDefault(a => a.Header == header)
            ?? throw _scanner.Error($"'{header}' is no architecture here: there is {string.Join(", ", LitmusArchitecture.All.Select(a => a.Header))}");
        string name = _scanner.RestOfLine().Trim().Trim('"');
        if (name.Length == 0)
        {
            throw _scanner.Error("the test has no name");
        }

        // Between header and state herd keeps a text in quotes and lines of KEY=VALUE for its tools.
        while (_scanner.Peek() is not '{')
        {
            if (_scanner.AtEnd)
            {
                throw _scanner.Error("expected '{' and the initial state");
            }

            _scanner.RestOfLine();
        }

        ReadInitialState();
        ReadThreads();
        FinalCondition condition = ReadEnd();
        return new LitmusTest(_path, _architecture, name, _locations, _registers, _threads, _observed, condition);
    }

    private void ReadInitialState()
    {
        _scanner.Expect("{");
        while (!_scanner.Take("}"))
        {
            if (_scanner.Take(";"))
            {
                continue;
            }

            int? bytes = null;
            if (_scanner.TakeNumber() is { } thread)
            {
                ReadInitialRegister(thread);
                continue;
            }

            bool isBracketed = _scanner.Take("[");
            string name = _scanner.ExpectName("a variable, or THREAD:REGISTER");
            if (isBracketed)
            {
                _scanner.Expect("]");
            }
            else if (s_types.TryGetValue(name, out int size))
            {
                bytes = size;
                _scanner.Take("*");
                if (_scanner.TakeNumber() is { } typed)
                {
                    ReadInitialRegister(typed);
                    continue;
                }

                name = _scanner.ExpectName("a variable");
            }

            InitialValue value = _scanner.Take("=") ? ReadValue() : new InitialValue(0, null);
            int known = _locations.FindIndex(l => l.Name == name);
            LitmusLocation location = new(name, bytes ?? (value.Location is null ? 4 : 8), value);
            if (known < 0)
            {
                _locations.Add(location);
            }
            else
            {
                _locations[known] = location;
            }
        }
    }

    private void ReadInitialRegister(UInt128 thread)
    {
        if (thread >= MaxThreads)
        {
            throw _scanner.Error($"thread {thread}: a test has at most {MaxThreads} threads");
        }

        _scanner.Expect(":");
        string register = _architecture.Register(_scanner.ExpectName("a register"));
        _scanner.Expect("=");
        _registers.Add(new InitialRegister((int)thread, register, ReadValue()));
    }

    private InitialValue ReadValue()
    {
        if (_scanner.TakeNumber() is { } number)
        {
            return new InitialValue(number, null);
        }

        _scanner.Take("&");
        string name = _scanner.ExpectName("a number or a variable");
        Declare(name);
        return new InitialValue(0, name);
    }

    private void Declare(string location)
    {
        if (_locations.All(l => l.Name != location))
        {
            _locations.Add(new LitmusLocation(location, 4, new InitialValue(0, null)));
        }
    }

    private void ReadThreads()
    {
        bool isHead = true;
        while (!IsAtEndOfThreads())
        {
            int line = _scanner.Line;
            string row = _scanner.Until(';') ?? throw _scanner.Error("expected rows of instructions that end with ';', and then a condition");
            line += row.Length - row.TrimStart().Length > 0 ? row[..^row.TrimStart().Length].Count(c => c == '\n') : 0;
            string[] cells = row.Split('|');
            if (isHead)
            {
                ReadHead(cells, line);
                isHead = false;
                continue;
            }

            if (cells.Length > _threads.Count)
            {
                throw new LitmusException(_path, line, $"a row of {cells.Length} columns in a test of {_threads.Count} threads");
            }

            for (int i = 0; i < cells.Length; i++)
            {
                AddLine(_threads[i], cells[i].Trim(), line);
            }
        }

        if (isHead)
        {
            throw _scanner.Error("expected a table of instructions that begins with 'P0'");
        }

        if (_registers.FirstOrDefault(r => r.Thread >= _threads.Count) is { } stray)
        {
            throw _scanner.Error($"the initial state names thread {stray.Thread} of a test of {_threads.Count} threads");
        }
    }

    private void ReadHead(string[] cells, int line)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Trim() != $"P{i}")
            {
                throw new LitmusException(_path, line, $"expected 'P{i}', not '{cells[i].Trim()}'");
            }

            _threads.Add([]);
        }

        if (_threads.Count > MaxThreads)
        {
            throw new LitmusException(_path, line, $"a test has at most {MaxThreads} threads");
        }
    }

    private static void AddLine(List<AssemblyLine> thread, string cell, int line)
    {
        int colon = cell.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            thread.Add(new AssemblyLine(cell[..colon].Trim(), cell[(colon + 1)..].Trim(), line));
        }
        else if (cell.Length > 0)
        {
            thread.Add(new AssemblyLine(null, cell, line));
        }
    }

    private bool IsAtEndOfThreads() =>
        _scanner.AtEnd || _scanner.Peek() == '~' || new[] { "exists", "forall", "locations", "filter", "not exists" }.Any(_scanner.IsNext);

    private FinalCondition ReadEnd()
    {
        if (_scanner.Take("locations"))
        {
            _scanner.Expect("[");
            while (!_scanner.Take("]"))
            {
                ReadObservable();
                _scanner.Take(";");
            }
        }

        if (_scanner.Take("filter"))
        {
            throw _scanner.Error("filter is not understood here");
        }

        Quantifier quantifier;
        if (_scanner.Take("~") || _scanner.Take("not"))
        {
            _scanner.Expect("exists");
            quantifier = Quantifier.NotExists;
        }
        else if (_scanner.Take("forall"))
        {
            quantifier = Quantifier.Forall;
        }
        else
        {
            _scanner.Expect("exists");
            quantifier = Quantifier.Exists;
        }

        Proposition proposition = ReadDisjunction();
        if (!_scanner.AtEnd)
        {
            throw _scanner.Error("nothing may follow the condition");
        }

        return new FinalCondition(quantifier, proposition);
    }

    private Proposition ReadDisjunction()
    {
        Proposition left = ReadConjunction();
        while (_scanner.Take("\\/"))
        {
            left = new Or(left, ReadConjunction());
        }

        return left;
    }

    private Proposition ReadConjunction()
    {
        Proposition left = ReadAtom();
        while (_scanner.Take("/\\"))
        {
            left = new And(left, ReadAtom());
        }

        return left;
    }

    private Proposition ReadAtom()
    {
        if (_scanner.Take("~") || _scanner.Take("not "))
        {
            return new Not(ReadAtom());
        }

        if (_scanner.Take("("))
        {
            Proposition inner = ReadDisjunction();
            _scanner.Expect(")");
            return inner;
        }

        if (_scanner.Take("true"))
        {
            return new Always();
        }

        int index = ReadObservable();
        _scanner.Expect("=");
        InitialValue value = ReadValue();
        Observable observable = _observed[index];
        UInt128 number = value.Location is { } location ? CanonicalAddress.Of(_locations.FindIndex(l => l.Name == location)) : value.Number;
        UInt128 mask = observable.Bytes == 16 ? UInt128.MaxValue : (UInt128.One << (8 * observable.Bytes)) - 1;
        return new HasValue(index, observable.Text, number & mask, value.Location ?? (number & mask).ToString());
    }

    // A register or location: its index among the observed, where it is put when it is new.
    private int ReadObservable()
    {
        Observable observable;
        if (_scanner.TakeNumber() is { } thread)
        {
            if (thread >= (UInt128)_threads.Count)
            {
                throw _scanner.Error($"the test has no thread {thread}");
            }

            _scanner.Expect(":");
            string name = _scanner.ExpectName("a register");
            string register = _architecture.Register(name);
            observable = new Observable((int)thread, register, $"{thread}:{name.ToUpperInvariant()}", _architecture.IsNarrow(name) ? 4 : 8);
        }
        else
        {
            bool isBracketed = _scanner.Take("[");
            string name = _scanner.ExpectName("THREAD:REGISTER or a variable");
            if (isBracketed)
            {
                _scanner.Expect("]");
            }

            LitmusLocation location = _locations.Find(l => l.Name == name) ?? throw _scanner.Error($"the test has no variable '{name}'");
            observable = new Observable(-1, name, $"[{name}]", location.Bytes);
        }

        int known = _observed.IndexOf(observable);
        if (known < 0)
        {
            _observed.Add(observable);
            known = _observed.Count - 1;
        }

        return known;
    }
}
