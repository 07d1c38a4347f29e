using System.Text;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// Finds the code of an instruction's text by searching what the description says of encodings for bytes that its disassembler writes like that. Nothing
/// about encodings is said here: code is right because its text is the wanted one.
/// </summary>
/// <remarks>Belongs to one thread.</remarks>
public abstract class DescribedAssembler
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, AssembledInsn> _known = [];

    private protected DescribedAssembler(IGuest guest) => Guest = guest;

    private protected IGuest Guest { get; }

    /// <summary>An assembler for a guest.</summary>
    /// <exception cref="LitmusException">The guest's description says no encodings.</exception>
    public static DescribedAssembler Of(IGuest guest) =>
        guest.Rows.Count > 0 ? new RowAssembler(guest)
        : guest.Encodings.Count > 0 && guest.MaxInstructionLength <= sizeof(ulong) ? new WordAssembler(guest)
        : throw new LitmusException($"{guest.Name}: its description has no encodings to assemble with");

    /// <summary>The code of a text at an address, and the instruction of the description that it is; null when nothing described writes it.</summary>
    public AssembledInsn? Assemble(string text, ulong pc)
    {
        // Most code is the same at every address.
        AssemblyText wanted = AssemblyText.Parse(text);
        if (_known.TryGetValue(text, out AssembledInsn? known) && Parse(known.Code, pc, out _) is { } same && same.Equals(wanted))
        {
            return known;
        }

        AssembledInsn? found = Search(wanted, text, pc);
        if (found is not null)
        {
            _known[text] = found;
        }

        return found;
    }

    /// <summary>The instruction of the description that a text is, as <see cref="Assemble"/> finds it; null when nothing described writes it.</summary>
    public virtual string? InstructionOf(string text) => Assemble(text, 0)?.Instruction;

    /// <summary>Searches for the code.</summary>
    private protected abstract AssembledInsn? Search(AssemblyText wanted, string text, ulong pc);

    /// <summary>The text of code, and how much of it the instruction takes; null where it is undefined.</summary>
    private protected AssemblyText? Parse(ReadOnlySpan<byte> code, ulong pc, out int length)
    {
        _text.Clear();
        length = Guest.Disassemble(code, pc, _text);
        return _text.Length == 0 || _text[0] is '.' or '(' ? null : AssemblyText.Parse(_text.ToString());
    }

    /// <summary>Mnemonic and kinds of operands: of two words only their first letters count.</summary>
    private protected static string Form(AssemblyText text) =>
        string.Join(' ', text.Tokens.Select((token, i) => i == 0 ? token : char.IsAsciiLetter(token[0]) ? token[..1] : char.IsAsciiDigit(token[^1]) ? "0" : token));
}

/// <summary>An assembled instruction.</summary>
/// <param name="Instruction">Name of the <c>insn</c> in the description.</param>
/// <param name="Code">Its bytes.</param>
/// <param name="Text">The text it was made of.</param>
public sealed record AssembledInsn(string Instruction, byte[] Code, string Text);
