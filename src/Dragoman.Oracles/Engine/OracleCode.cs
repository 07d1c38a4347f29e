using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Oracles.Engine;

/// <summary>One TB on the oracle: its instructions one after the other, until one branches or raises, or leads to the next with another tbstate than that was translated with.</summary>
internal sealed unsafe class OracleCode(GuestOracle oracle, IGuest guest, CompileRequest request, IReadOnlyDictionary<ulong, ulong> states) : TbCode
{
    private readonly byte[] _code = request.Code.ToArray();

    public override string Dump()
    {
        var text = new StringBuilder();
        for (int at = 0; at < _code.Length;)
        {
            text.Append(CultureInfo.InvariantCulture, $"{request.Pc + (ulong)at:x}: ");
            at += Math.Max(1, guest.Disassemble(_code.AsSpan(at), request.Pc + (ulong)at, text));
            text.Append('\n');
        }

        return text.ToString();
    }

    public override nint Execute(byte* env)
    {
        OracleInsn insn = oracle.Create(guest, (nint)env, new RegionMemory((nint)env, request.AddressLimitLog2));
        var header = (VcpuHeader*)env;
        for (int at = 0; at < _code.Length; at = (int)(insn.NextPc - (long)request.Pc))
        {
            if (!insn.Execute(_code.AsSpan(at)))
            {
                insn.Raise(ExceptionKind.IllegalInstruction, guest.InstructionAlignment == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(_code.AsSpan(at)) : 0UL);
            }

            if (insn.Exception != ExceptionKind.None)
            {
                header->Exception = insn.Exception;
                header->ExceptionArg = insn.ExceptionArgument;
                header->ExceptionAfter = insn.IsAfter ? 1 : 0;
                header->FaultGuestAddress = insn.ExceptionArgument;
                return TbExit.Exception;
            }

            if (insn.Branched || (states.TryGetValue((ulong)insn.NextPc, out ulong state) && state != guest.GetTbFlags(env)))
            {
                break;
            }
        }

        return TbExit.Lookup;
    }
}
