using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>
/// Executes one instruction on the processor of this machine: a stub loads every register and the flags, the instruction stands behind it, and a second
/// stub stores them. The instruction must not fault, branch or touch memory outside <see cref="X86State.Scratch"/>: the caller has seen to that.
/// </summary>
public sealed unsafe class NativeProcessor : IDisposable
{
    private const int CodeSize = 0x1000;
    private const int SlotSize = 16;
    private const int FlagsOffset = 16 * 8;
    private const int HostStackOffset = FlagsOffset + 8;
    private const int HostMxcsrOffset = HostStackOffset + 8;

    // What XRSTOR loads and XSAVE stores (SDM 2A, table 3-46; 1, 13.4): FXSAVE's image, a header, and the upper halves of the YMM registers.
    private const int ImageOffset = 0x100;
    private const int StatusOffset = ImageOffset + 2;
    private const int TagsOffset = ImageOffset + 4;
    private const int MxcsrOffset = ImageOffset + 24;
    private const int StackOffset = ImageOffset + 32;
    private const int VectorsOffset = ImageOffset + 160;
    private const int HeaderOffset = ImageOffset + 512;
    private const int UpperOffset = ImageOffset + 576;
    private const int CodeOffset = 0x480;
    private const int EveryPart = 7;

    private static readonly AssemblerRegister64[] s_registers = [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    // Registers and flags of the guest, and the host's stack pointer while it runs; then the code.
    private readonly byte* _block;
    private readonly byte* _slot;
    private readonly byte* _scratch;

    public NativeProcessor()
    {
        _block = Map(0, CodeSize);
        _scratch = Map((nint)X86State.Scratch, X86State.ScratchSize);
        byte* code = _block + CodeOffset;
        byte[] before = Assemble(Before, code);
        _slot = code + before.Length;
        byte[] after = Assemble(After, _slot + SlotSize);
        before.CopyTo(new Span<byte>(code, before.Length));
        after.CopyTo(new Span<byte>(_slot + SlotSize, after.Length));
    }

    /// <summary>The state after the instruction.</summary>
    public X86State Execute(byte[] code, X86State before)
    {
        var slot = new Span<byte>(_slot, SlotSize);
        slot.Fill(0x90);
        code.CopyTo(slot);
        before.Registers.CopyTo(new Span<ulong>(_block, 16));
        *(ulong*)(_block + FlagsOffset) = before.Rflags | 0x202;
        *(uint*)(_block + MxcsrOffset) = before.Mxcsr;
        *(ushort*)(_block + ImageOffset) = before.X87.Control;
        *(ushort*)(_block + StatusOffset) = before.X87.Status;
        _block[TagsOffset] = before.X87.Tags;
        before.X87.Stack.CopyTo(new Span<UInt128>(_block + StackOffset, 8));
        before.Vectors.CopyTo(new Span<UInt128>(_block + VectorsOffset, 16));
        before.Upper.CopyTo(new Span<UInt128>(_block + UpperOffset, 16));
        new Span<byte>(_block + HeaderOffset, 64).Clear();
        *(ulong*)(_block + HeaderOffset) = EveryPart;
        before.Memory.CopyTo(new Span<byte>(_scratch, X86State.ScratchSize));
        ((delegate* unmanaged<void>)(_block + CodeOffset))();
        var after = new X86State { Rflags = *(ulong*)(_block + FlagsOffset) & X86State.Flags, Mxcsr = *(uint*)(_block + MxcsrOffset) };
        after.X87.Control = *(ushort*)(_block + ImageOffset);
        after.X87.Status = *(ushort*)(_block + StatusOffset);
        after.X87.Tags = _block[TagsOffset];
        new Span<UInt128>(_block + StackOffset, 8).CopyTo(after.X87.Stack);
        new Span<UInt128>(_block + VectorsOffset, 16).CopyTo(after.Vectors);
        new Span<UInt128>(_block + UpperOffset, 16).CopyTo(after.Upper);
        new Span<ulong>(_block, 16).CopyTo(after.Registers);
        new Span<byte>(_scratch, X86State.ScratchSize).CopyTo(after.Memory);
        return after;
    }

    public void Dispose()
    {
        _ = munmap(_block, CodeSize);
        _ = munmap(_scratch, X86State.ScratchSize);
    }

    private void Before(Assembler c)
    {
        foreach (AssemblerRegister64 saved in new[] { rbx, rbp, r12, r13, r14, r15 })
        {
            c.push(saved);
        }

        c.mov(rcx, (ulong)_block);
        c.mov(__[rcx + HostStackOffset], rsp);
        c.stmxcsr(__dword_ptr[rcx + HostMxcsrOffset]);
        c.xor(edx, edx);
        c.mov(eax, EveryPart);
        c.xrstor(__[rcx + ImageOffset]);
        c.mov(rax, rcx);
        c.push(__qword_ptr[rax + FlagsOffset]);
        c.popfq();
        for (int i = 1; i < 16; i++)
        {
            c.mov(s_registers[i], __[rax + i * 8]);
        }

        c.mov(rax, __[rax]);
    }

    private void After(Assembler c)
    {
        // The only store of RAX that needs no other register.
        c.AddInstruction(Instruction.Create(Code.Mov_moffs64_RAX, new MemoryOperand(Register.None, Register.None, 1, (long)_block, 8, false, Register.None), Register.RAX));
        c.mov(rax, (ulong)_block);
        for (int i = 1; i < 16; i++)
        {
            c.mov(__[rax + i * 8], s_registers[i]);
        }

        c.mov(rsp, __[rax + HostStackOffset]);
        c.pushfq();
        c.pop(__qword_ptr[rax + FlagsOffset]);
        c.cld();
        c.mov(rcx, rax);
        c.xor(edx, edx);
        c.mov(eax, EveryPart);
        c.xsave(__[rcx + ImageOffset]);
        c.fninit();
        c.vzeroupper();
        c.ldmxcsr(__dword_ptr[rcx + HostMxcsrOffset]);
        foreach (AssemblerRegister64 saved in new[] { r15, r14, r13, r12, rbp, rbx })
        {
            c.pop(saved);
        }

        c.ret();
    }

    private static byte[] Assemble(Action<Assembler> build, byte* address)
    {
        var assembler = new Assembler(64);
        build(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), (ulong)address);
        return stream.ToArray();
    }

    private static byte* Map(nint address, int size)
    {
        const int ReadWriteExecute = 7;
        const int PrivateAnonymous = 0x22;
        const int FixedNoReplace = 0x100000;
        byte* mapped = mmap((byte*)address, (nuint)size, ReadWriteExecute, PrivateAnonymous | (address != 0 ? FixedNoReplace : 0), -1, 0);
        return mapped == (byte*)-1 ? throw new InvalidOperationException($"Cannot map {size} bytes at {address:x}: {Marshal.GetLastPInvokeErrorMessage()}") : mapped;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern byte* mmap(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int munmap(byte* address, nuint length);
}
