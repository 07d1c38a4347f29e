using System.Globalization;
using System.Text;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Tcg.Interpreter;

/// <summary>A TB in the interpreter's form. The code is an ordinary array, pinned while it runs.</summary>
internal sealed unsafe class InterpretedTb : TbCode
{
    private readonly Insn[] _code;
    private readonly ulong[] _constants;
    private readonly int _constantsOffset;
    private readonly int _frameBytes;
    private readonly ulong _pc;
    private readonly int _pcOffset;
    private readonly ulong _addressMask;
    private readonly ulong _addressLimit;

    /// <param name="code">Ends in an exit on every path.</param>
    /// <param name="constants">Copied to <paramref name="constantsOffset"/> from env on entry.</param>
    /// <param name="frameBytes">Bytes below env that the code uses.</param>
    public InterpretedTb(Insn[] code, ulong[] constants, int constantsOffset, int frameBytes, int pcOffset, in CompileRequest request)
    {
        _code = code;
        _constants = constants;
        _constantsOffset = constantsOffset;
        _frameBytes = frameBytes;
        _pc = request.Pc;
        _pcOffset = pcOffset;
        _addressMask = request.IgnoreTopByte ? ulong.MaxValue >> 8 : ulong.MaxValue;
        _addressLimit = request.AddressLimitLog2 >= 64 ? ulong.MaxValue : 1UL << request.AddressLimitLog2;
    }

    /// <inheritdoc/>
    public override bool IsPortable => true;

    /// <inheritdoc/>
    public override int Size => (_code.Length * sizeof(Insn)) + (_constants.Length * sizeof(ulong));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The block does not come from <see cref="VcpuBlock.Allocate"/>.</exception>
    public override nint Execute(byte* env)
    {
        var header = (VcpuHeader*)env;
        if (Volatile.Read(ref header->PollWord) != 0)
        {
            *(ulong*)(env + _pcOffset) = _pc;
            return TbExit.Requested;
        }

        if (header->FrameBytes < _frameBytes)
        {
            throw new InvalidOperationException("The vCPU block has no room for the interpreter's frame: allocate it with VcpuBlock.Allocate.");
        }

        ulong* frame = (ulong*)(env + _constantsOffset);
        ulong[] constants = _constants;
        for (int i = 0; i < constants.Length; i++)
        {
            frame[i] = constants[i];
        }

        fixed (Insn* code = _code)
        {
            return InterpreterLoop.Run(code, env, _addressMask, _addressLimit);
        }
    }

    /// <inheritdoc/>
    public override string Dump()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _code.Length; i++)
        {
            Insn insn = _code[i];
            text.Append(CultureInfo.InvariantCulture, $"{i,5}: {insn.Code,-24} d={insn.D} a={insn.A} b={insn.B} aux=0x{insn.Aux:x} imm=0x{insn.Imm:x}\n");
        }

        return text.ToString();
    }
}
