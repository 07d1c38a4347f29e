using System.Runtime.InteropServices;
using Dragoman.Guests.X86;
using Dragoman.Oracles;
using Dragoman.Tcg.Abi;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>Executes one instruction, with all its repetitions, as the description's bodies compute on values: no IR in between. For one thread.</summary>
public sealed unsafe class X86Evaluator : IDisposable
{
    private const ulong Pc = 0x1000_0000;

    private readonly byte* _env = VcpuBlock.Allocate(GuestState.Size);
    private readonly byte* _scratch = (byte*)NativeMemory.AlignedAlloc(X86State.ScratchSize, 4096);
    private readonly X86Registers _registers;
    private readonly OracleInsn _oracle;

    public X86Evaluator()
    {
        _registers = new X86Registers((nint)_env);
        X86Guest.Intel64.Reset(_env);
        _oracle = X86Oracle.Instance.Create(X86Guest.Intel64, (nint)_env, new Scratch((nint)_scratch));
    }

    /// <summary>The state after the instruction.</summary>
    public X86State Execute(byte[] code, X86State before)
    {
        before.Memory.CopyTo(new Span<byte>(_scratch, X86State.ScratchSize));
        _registers.Set(before);
        *(ulong*)(_env + GuestState.RIP) = Pc;
        bool described;
        do
        {
            described = _oracle.Execute(code);
        }
        while (described && _oracle.Exception == ExceptionKind.None && *(ulong*)(_env + GuestState.RIP) == Pc);

        X86State after = _registers.Get();
        after.Raised = !described || _oracle.Exception != ExceptionKind.None;
        new Span<byte>(_scratch, X86State.ScratchSize).CopyTo(after.Memory);
        return after;
    }

    public void Dispose()
    {
        VcpuBlock.Free(_env);
        NativeMemory.AlignedFree(_scratch);
    }

    /// <summary>Nothing but the scratch memory.</summary>
    private sealed class Scratch(nint memory) : OracleMemory
    {
        public override byte* Find(ulong start, ulong address, int bytes, bool writes) =>
            address >= X86State.Scratch && address <= X86State.Scratch + X86State.ScratchSize - (ulong)bytes ? (byte*)memory + (address - X86State.Scratch) : null;
    }
}
