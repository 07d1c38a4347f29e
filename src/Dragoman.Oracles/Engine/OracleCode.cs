using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Oracles.Engine;

/// <summary>One TB on the oracle: its instructions one after the other, until one branches or raises.</summary>
internal sealed unsafe class OracleCode(GuestOracle oracle, IGuest guest, CompileRequest request) : TbCode
{
    private readonly uint[] _words = [.. Words(request.Code.Span)];

    public override nint EntryPoint => 0;

    public override string Dump() =>
        _words.Select((word, i) => string.Create(CultureInfo.InvariantCulture, $"{request.Pc + 4 * (ulong)i:x}: {Text(word, request.Pc + 4 * (ulong)i)}\n")).Aggregate("", string.Concat);

    public override nint Execute(byte* env)
    {
        var insn = new OracleInsn(oracle, guest, (nint)env, new RegionMemory((nint)env, request.AddressLimitLog2));
        var header = (VcpuHeader*)env;
        for (int i = 0; i < _words.Length; i++)
        {
            if (!insn.Execute(_words[i]))
            {
                insn.Raise(ExceptionKind.IllegalInstruction, _words[i]);
            }

            if (insn.Exception != ExceptionKind.None)
            {
                header->Exception = insn.Exception;
                header->ExceptionArg = insn.ExceptionArgument;
                header->ExceptionAfter = insn.IsAfter ? 1 : 0;
                header->FaultGuestAddress = insn.ExceptionArgument;
                return TbExit.Exception;
            }

            if (insn.Branched)
            {
                break;
            }
        }

        return TbExit.Lookup;
    }

    private static List<uint> Words(ReadOnlySpan<byte> code)
    {
        List<uint> words = [];
        for (; code.Length >= 4; code = code[4..])
        {
            words.Add(BinaryPrimitives.ReadUInt32LittleEndian(code));
        }

        return words;
    }

    private string Text(uint word, ulong pc)
    {
        var text = new StringBuilder();
        guest.Disassemble(BitConverter.GetBytes(word), pc, text);
        return text.ToString();
    }
}
