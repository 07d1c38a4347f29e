using Dragoman.Litmus.Assembling;

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

    /// <summary>Most lines of a thread.</summary>
    public const int MaxLines = 100;

    /// <summary>Most bytes of an array: what reaches across a page's end.</summary>
    public const int MaxArrayBytes = 0x2000;

    private const int DefaultBytes = 4;

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
        if (_architecture.IsAtt)
        {
            foreach (string variable in _threads.SelectMany(t => t).SelectMany(line => AttSyntax.Variables(_path, line)))
            {
                Declare(variable);
            }
        }

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
                ReadInitialRegister(thread, isTyped: false);
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
                    ReadInitialRegister(typed, isTyped: true);
                    continue;
                }

                name = _scanner.ExpectName("a variable");
            }

            int count = isBracketed ? 1 : ReadElements(bytes ?? DefaultBytes);
            if (count > 1 && _scanner.IsNext("="))
            {
                throw _scanner.Error($"array '{name}' begins with zeros: values of elements are not understood here");
            }

            InitialValue value = _scanner.Take("=") ? ReadValue() : new InitialValue(0, null);
            int known = _locations.FindIndex(l => l.Name == name);
            LitmusLocation location = new(name, bytes ?? (value.Location is null ? DefaultBytes : 8), value, count);
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

    // Of an array 'x[N]'; 1 of other variables.
    private int ReadElements(int bytes)
    {
        if (!_scanner.Take("["))
        {
            return 1;
        }

        int most = MaxArrayBytes / bytes;
        UInt128 count = _scanner.TakeNumber() ?? throw _scanner.Error("expected how many elements the array has");
        if (count < 2 || count > (UInt128)most)
        {
            throw _scanner.Error($"an array of {bytes}-byte elements has 2 to {most} of them, not {count}");
        }

        _scanner.Expect("]");
        return (int)count;
    }

    // With a type it may have no value, as a variable may.
    private void ReadInitialRegister(UInt128 thread, bool isTyped)
    {
        if (thread >= MaxThreads)
        {
            throw _scanner.Error($"thread {thread}: a test has at most {MaxThreads} threads");
        }

        _scanner.Expect(":");
        (int line, int column) = _scanner.PlaceOf(_scanner.Position);
        string written = ReadRegister();
        InitialValue value = new(0, null);
        if (!isTyped || _scanner.IsNext("="))
        {
            _scanner.Expect("=");
            value = ReadValue();
        }

        _registers.Add(new InitialRegister((int)thread, _architecture.Register(written).Register, value, written, line, column));
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

    // AT&T syntax has a '%' before the name of a register.
    private string ReadRegister()
    {
        if (_architecture.IsAtt)
        {
            _scanner.Take("%");
        }

        return _scanner.ExpectName("a register");
    }

    private void ReadThreads()
    {
        bool isHead = true;
        while (!IsAtEndOfThreads())
        {
            int start = _scanner.Position;
            string row = ReadRow();
            List<(string Text, int Position)> cells = [];
            foreach (string cell in row.Split('|'))
            {
                cells.Add((cell.Trim(), start + (cell.Length - cell.TrimStart().Length)));
                start += cell.Length + 1;
            }

            if (isHead)
            {
                ReadHead(cells);
                isHead = false;
                continue;
            }

            if (cells.Count > _threads.Count)
            {
                throw Error(cells[_threads.Count].Position, $"a row of {cells.Count} columns in a test of {_threads.Count} threads");
            }

            for (int i = 0; i < cells.Count; i++)
            {
                AddLine(_threads[i], cells[i].Text, cells[i].Position);
            }
        }

        if (isHead)
        {
            throw _scanner.Error("expected a table of instructions that begins with 'P0'");
        }

        if (_registers.FirstOrDefault(r => r.Thread >= _threads.Count) is { } stray)
        {
            throw new LitmusException(_path, stray.Line, stray.Column, $"the initial state names thread {stray.Thread} of a test of {_threads.Count} threads");
        }
    }

    // Up to a semicolon; but one that divides x86's LOCK from its instruction ends no row.
    private string ReadRow()
    {
        string row = "";
        do
        {
            row += (row.Length > 0 ? " " : "") + (_scanner.Until(';') ?? throw _scanner.Error("expected rows of instructions that end with ';', and then a condition"));
        }
        while (_architecture.IsAtt && row.TrimEnd().EndsWith("lock", StringComparison.OrdinalIgnoreCase));
        return row;
    }

    private LitmusException Error(int position, string message)
    {
        (int line, int column) = _scanner.PlaceOf(position);
        return new LitmusException(_path, line, column, message);
    }

    private void ReadHead(List<(string Text, int Position)> cells)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            if (cells[i].Text != $"P{i}")
            {
                throw Error(cells[i].Position, $"expected 'P{i}', not '{cells[i].Text}'");
            }

            _threads.Add([]);
        }

        if (_threads.Count > MaxThreads)
        {
            throw Error(cells[MaxThreads].Position, $"a test has at most {MaxThreads} threads");
        }
    }

    private void AddLine(List<AssemblyLine> thread, string cell, int position)
    {
        int colon = cell.IndexOf(':', StringComparison.Ordinal);
        string text = cell[(colon + 1)..].Trim();
        (int line, int column) = _scanner.PlaceOf(position + cell.Length - text.Length);
        if (thread.Count == MaxLines)
        {
            throw new LitmusException(_path, line, column, $"a thread has at most {MaxLines} lines");
        }

        if (cell.Length > 0)
        {
            thread.Add(new AssemblyLine(colon < 0 ? null : cell[..colon].Trim(), text, line, column));
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

    // 'x[i]' of an array; 0 of other variables.
    private int ReadElement(LitmusLocation location)
    {
        if (location.Count == 1)
        {
            return 0;
        }

        _scanner.Expect("[");
        UInt128 index = _scanner.TakeNumber() ?? throw _scanner.Error("expected the number of an element");
        if (index >= (UInt128)location.Count)
        {
            throw _scanner.Error($"array '{location.Name}' has elements 0 to {location.Count - 1}, not {index}");
        }

        _scanner.Expect("]");
        return (int)index;
    }

    // A register or location: its index among the observed, where it is put when it is new.
    private int ReadObservable()
    {
        Observable observable;
        (int line, int column) = _scanner.PlaceOf(_scanner.Position);
        if (_scanner.TakeNumber() is { } thread)
        {
            if (thread >= (UInt128)_threads.Count)
            {
                throw new LitmusException(_path, line, column, $"the test has no thread {thread}");
            }

            _scanner.Expect(":");
            string name = ReadRegister();
            (string register, int bytes) = _architecture.Register(name);
            observable = new Observable((int)thread, register, $"{thread}:{(_architecture.IsAtt ? name.ToLowerInvariant() : name.ToUpperInvariant())}", bytes);
        }
        else
        {
            bool isBracketed = _scanner.Take("[");
            string name = _scanner.ExpectName("THREAD:REGISTER or a variable");
            LitmusLocation location = _locations.Find(l => l.Name == name) ?? throw new LitmusException(_path, line, column, $"the test has no variable '{name}'");
            int element = ReadElement(location);
            if (isBracketed)
            {
                _scanner.Expect("]");
            }

            observable = new Observable(-1, name, $"[{name}{(location.Count > 1 ? $"[{element}]" : "")}]", location.Bytes, element * location.Bytes);
        }

        int known = _observed.FindIndex(o => (o.Thread, o.Name, o.Bytes, o.Offset) == (observable.Thread, observable.Name, observable.Bytes, observable.Offset));
        if (known < 0)
        {
            _observed.Add(observable with { Line = line, Column = column });
            known = _observed.Count - 1;
        }

        return known;
    }
}
