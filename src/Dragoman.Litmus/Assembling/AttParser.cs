using System.Globalization;

namespace Dragoman.Litmus.Assembling;

/// <summary>Reads one instruction in AT&amp;T syntax as herd writes x86-64 tests: <c>movl $1,(x)</c>, <c>lock xaddl %eax,4(%rbx)</c>; the '%' may be left out.</summary>
internal sealed class AttParser(string text)
{
    private int _at;

    /// <summary>The words before the operands, in lower case: the mnemonic, and before it perhaps <c>lock</c>.</summary>
    public IReadOnlyList<string> Words { get; private set; } = [];

    public IReadOnlyList<AttOperand> Operands { get; private set; } = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="AttException">It is not understood.</exception>
    public void Read()
    {
        string mnemonic = Word() ?? throw Error("expected an instruction");
        List<string> words = [mnemonic];
        if (mnemonic == "lock")
        {
            words.Add(Word() ?? throw Error("expected an instruction behind 'lock'"));
        }

        Words = words;
        List<AttOperand> operands = [];
        while (!AtEnd)
        {
            if (operands.Count > 0)
            {
                Expect(',');
            }

            operands.Add(Operand());
        }

        Operands = operands;
    }

    private bool AtEnd => Here() == text.Length;

    // Behind spaces.
    private int Here()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at;
    }

    private AttOperand Operand()
    {
        int start = Here();
        if (Take('$'))
        {
            return new AttOperand(AttOperandKind.Immediate, Number: Number() ?? throw Error("expected a number behind '$'"), Offset: start);
        }

        if (Take('%'))
        {
            return Register(Word() ?? throw Error("expected a register behind '%'"), start);
        }

        long? number = Number();
        if (Take('('))
        {
            return Memory(number ?? 0, ')', start);
        }

        if (Take('['))
        {
            return Memory(number ?? 0, ']', start);
        }

        if (number is { } immediate)
        {
            return new AttOperand(AttOperandKind.Immediate, Number: immediate, Offset: start);
        }

        string word = Word() ?? throw Error($"'{Rest()}' is no operand");
        return IsRegister(word) ? Register(word, start) : new AttOperand(AttOperandKind.Label, text.Substring(_at - word.Length, word.Length), Offset: start);
    }

    // Behind the bracket: a variable; or base, index and scale.
    private AttOperand Memory(long displacement, char end, int start)
    {
        if (displacement is < int.MinValue or > int.MaxValue)
        {
            throw new AttException(start, $"displacement {displacement} has more than 32 bits");
        }

        string? variable = null;
        string first = "", index = "";
        long scale = 1;
        int at = Here();
        bool isRegister = Take('%');
        if (Word() is { } word)
        {
            bool isKnown = IsRegister(word);
            first = isRegister || isKnown ? AddressRegister(word, at) : "";
            variable = isRegister || isKnown ? null : text.Substring(_at - word.Length, word.Length);
        }
        else if (text[_at..].TrimStart() is not [',', ..])
        {
            throw Error($"expected a variable or a register, not '{Rest()}'");
        }

        if (variable is null && Take(','))
        {
            at = Here();
            Take('%');
            index = AddressRegister(Word() ?? throw Error("expected an index register"), at);
            scale = Take(',') ? Number() ?? throw Error("expected 1, 2, 4 or 8") : 1;
            if (scale is not (1 or 2 or 4 or 8))
            {
                throw Error($"an index is multiplied by 1, 2, 4 or 8, not {scale}");
            }
        }

        Expect(end);
        return new AttOperand(AttOperandKind.Memory, Number: displacement, Base: first, Index: index, Scale: (int)scale, Variable: variable, Offset: start);
    }

    private static string AddressRegister(string word, int at) =>
        X86Registers.Parts.TryGetValue(word.ToUpperInvariant(), out RegisterPart part) && part.Bytes >= 4
            ? word
            : throw new AttException(at, $"'{word}' holds no address");

    private static AttOperand Register(string word, int start)
    {
        if (!IsRegister(word))
        {
            throw new AttException(start, $"there is no register '{word}'");
        }

        int bytes = X86Registers.Parts.TryGetValue(word.ToUpperInvariant(), out RegisterPart part) ? part.Bytes : X86Registers.VectorBytes;
        return new AttOperand(AttOperandKind.Register, word, bytes, Offset: start);
    }

    private static bool IsRegister(string word) => X86Registers.Parts.ContainsKey(word.ToUpperInvariant()) || X86Registers.IsVector(word);

    private bool Take(char sign)
    {
        if (AtEnd || text[_at] != sign)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char sign)
    {
        if (!Take(sign))
        {
            throw Error(AtEnd ? $"expected '{sign}' behind it" : $"expected '{sign}', not '{Rest()}'");
        }
    }

    private string? Word()
    {
        int start = Here();
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
        {
            _at++;
        }

        if (_at == start || char.IsAsciiDigit(text[start]))
        {
            _at = start;
            return null;
        }

        return text[start.._at].ToLowerInvariant();
    }

    private long? Number()
    {
        int start = Here();
        bool isNegative = Take('-');
        int digits = _at;
        while (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at]))
        {
            _at++;
        }

        if (_at == digits || !char.IsAsciiDigit(text[digits]))
        {
            _at = start;
            return null;
        }

        ReadOnlySpan<char> number = text.AsSpan(digits, _at - digits);
        bool isHexadecimal = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!ulong.TryParse(isHexadecimal ? number[2..] : number, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            throw new AttException(digits, $"'{number}' is no number of at most 64 bits");
        }

        return isNegative ? -(long)value : (long)value;
    }

    private string Rest() => text[_at..].Trim();

    private AttException Error(string message) => new(Math.Min(_at, Math.Max(0, text.Length - 1)), message);
}

/// <summary>An instruction is not understood.</summary>
/// <param name="offset">Where in it.</param>
/// <param name="message">Why.</param>
internal sealed class AttException(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}
