using System.Runtime.InteropServices;
using Iced.Intel;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>
/// States in which an instruction touches scratch memory only: registers at edges or at random, and those that form addresses so that Iced
/// finds every access inside. The same seed gives the same states.
/// </summary>
public sealed class X86TrialGenerator(Random random)
{
    private static readonly ulong[] s_edges = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, long.MaxValue, 1UL << 63, ulong.MaxValue];
    // Zero, the least and greatest denormal and normal numbers, small ones, fractions, what does not fit integers, infinity, NaNs of both kinds.
    private static readonly ulong[] s_doubles =
    [
        0, 1, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x3810_0000_0000_0000, 0x3CA0_0000_0000_0001, 0x3FDF_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000, 0x3FF0_0000_0000_0000,
        0x3FF8_0000_0000_0000, 0x4004_0000_0000_0000, 0x4008_1234_5678_9ABC, 0x41DF_FFFF_FFE0_0000, 0x41E0_0000_0000_0000, 0x43E0_0000_0000_0000, 0x47EF_FFFF_F000_0000,
        0x7FEF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0x7FF0_0000_0000_5678,
    ];
    private static readonly uint[] s_singles =
    [
        0, 1, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x3300_0001, 0x3EFF_FFFF, 0x3F00_0000, 0x3F80_0000, 0x3FC0_0000, 0x4020_0000, 0x4048_F5C3, 0x4EFF_FFFF, 0x4F00_0000, 0x5F00_0000,
        0x7F7F_FFFF, 0x7F80_0000, 0x7FC0_0000, 0x7FC0_1234, 0x7F80_5678,
    ];
    // Zero, denormals of both kinds, the least and greatest numbers, ones that round, integers at the limits, infinity, NaNs, what is no operand.
    private static readonly (ushort Exponent, ulong Significand)[] s_extended =
    [
        (0, 0), (0, 1), (0, 0x7FFF_FFFF_FFFF_FFFF), (0, 1UL << 63), (1, 1UL << 63), (0x3FBE, 0xFFFF_FFFF_FFFF_FFFF), (0x3FFE, 1UL << 63), (0x3FFE, 0xFFFF_FFFF_FFFF_FFFF),
        (0x3FFF, 1UL << 63), (0x3FFF, 0x8000_0000_0000_0001), (0x3FFF, 0xC000_0000_0000_0000), (0x4000, 0xA000_0000_0000_0000), (0x4000, 0xC90F_DAA2_2168_C235), (0x400D, 0xFFFF_0000_0000_0000),
        (0x401D, 0xFFFF_FFFF_0000_0000), (0x403D, 0xFFFF_FFFF_FFFF_FFFF), (0x403E, 1UL << 63), (0x4060, 0xF000_0000_0000_0001), (0x7FFE, 0xFFFF_FFFF_FFFF_FFFF), (0x7FFF, 1UL << 63),
        (0x7FFF, 0xC000_0000_0000_0000), (0x7FFF, 0xC000_0000_0000_1234), (0x7FFF, 0x8000_0000_0000_5678), (0x7FFF, 0), (0x3FFF, 0x4000_0000_0000_0000),
    ];
    private static readonly Register[] s_registers =
        [Register.RAX, Register.RCX, Register.RDX, Register.RBX, Register.RSP, Register.RBP, Register.RSI, Register.RDI, Register.R8, Register.R9, Register.R10, Register.R11, Register.R12, Register.R13, Register.R14, Register.R15];

    private readonly InstructionInfoFactory _info = new();

    /// <summary>A state, or null if the instruction's addresses cannot be led into scratch memory.</summary>
    public X86State? Generate(in Instruction instruction)
    {
        var state = new X86State { Rflags = (ulong)random.NextInt64() & X86State.Flags };
        random.NextBytes(state.Memory);
        if (random.Next(2) == 0)
        {
            foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(state.Memory.AsSpan()))
            {
                word = Lanes();
            }
        }

        for (int i = 0; i < 16; i++)
        {
            state.Vectors[i] = new UInt128(Lanes(), Lanes());
            state.Upper[i] = new UInt128(Lanes(), Lanes());
        }

        // Exceptions seen, rounding, flushing; all masked.
        state.Mxcsr = 0x1F80u | (random.Next(2) == 0 ? 0 : (uint)random.Next(64)) | (random.Next(3) != 0 ? 0 : (uint)random.Next(4) << 13)
            | (random.Next(4) != 0 ? 0 : (uint)random.Next(2) << 6 | (uint)random.Next(2) << 15);
        for (int i = 0; i < 16; i++)
        {
            state.Registers[i] = Value();
        }

        if (instruction.IsStringInstruction)
        {
            state.Registers[1] = (ulong)random.Next(12);
        }

        if (IsBitString(instruction))
        {
            state.Registers[Number(instruction.Op1Register)] &= 0x3FF;
        }

        // The processor executes it elsewhere: what is made of its address differs, and says nothing.
        if (instruction is { Mnemonic: Mnemonic.Lea, IsIPRelativeMemoryOperand: true })
        {
            return null;
        }

        Fill(state.X87);
        UsedMemory[] used = [.. _info.GetInfo(instruction).GetUsedMemory()];
        foreach (UsedMemory memory in used)
        {
            if (memory.Segment is Register.FS or Register.GS || !Place(state, memory, NeedsAlignment(instruction)))
            {
                return null;
            }
        }

        ulong alignment = NeedsAlignment(instruction) ? (ulong)instruction.MemorySize.GetSize() - 1 : 0;
        return used.All(memory => IsInside(state, memory, alignment)) ? state : null;
    }

    // Mostly a few registers in use and every exception masked; what is not masked has not occurred.
    private void Fill(X87State x87)
    {
        for (int i = 0; i < x87.Stack.Length; i++)
        {
            (ushort exponent, ulong significand) = random.Next(3) switch
            {
                0 => s_extended[random.Next(s_extended.Length)],
                1 => ((ushort)(0x3FFF + random.Next(140) - 70), Value() | 1UL << 63),
                _ => ((ushort)random.Next(0x8000), Value() | 1UL << 63),
            };
            x87.Stack[i] = new UInt128((ulong)(exponent | random.Next(2) << 15), significand);
        }

        int masks = random.Next(6) == 0 ? random.Next(64) : 0x3F;
        x87.Control = (ushort)(0x40 | masks | (random.Next(3) != 0 ? 3 : random.Next(4) == 0 ? 0 : 2) << 8 | random.Next(4) << 10);
        x87.Status = (ushort)((random.Next(2) == 0 ? 0 : random.Next(64) & masks) | random.Next(8) << 8 | random.Next(2) << 14 | (random.Next(4) == 0 ? random.Next(8) : 0) << 11);
        x87.Tags = (byte)(random.Next(4) switch { 0 => 0xFF, 1 => random.Next(256), _ => 0x0F << x87.Top | 0x0F >> 8 - x87.Top });
    }

    // Behind VEX only moves that say so are refused misaligned (SDM 1, 14.9).
    private static bool NeedsAlignment(in Instruction instruction) => instruction.Encoding == EncodingKind.VEX
        ? instruction.Mnemonic is Mnemonic.Vmovaps or Mnemonic.Vmovapd or Mnemonic.Vmovdqa or Mnemonic.Vmovntps or Mnemonic.Vmovntpd or Mnemonic.Vmovntdq or Mnemonic.Vmovntdqa
        : NeedsLegacyAlignment(instruction);

    // What is refused misaligned (SDM 1, 10.4.1.1): trials are aligned, AlignmentTests has the rest.
    private static bool NeedsLegacyAlignment(in Instruction instruction) =>
        instruction.MemorySize.GetSize() == 16 && instruction.Mnemonic is not (Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movdqu or Mnemonic.Lddqu or Mnemonic.Cmpxchg16b);

    private static bool IsBitString(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register;

    private ulong Value() => random.Next(4) switch
    {
        0 => s_edges[random.Next(s_edges.Length)],
        1 => (ulong)random.NextInt64() >> random.Next(64),
        _ => (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64(),
    };

    // Lanes of either size that mean something as floating point, or integers.
    private ulong Lanes() => random.Next(3) switch
    {
        0 => s_doubles[random.Next(s_doubles.Length)] ^ (ulong)random.Next(2) << 63,
        1 => Single() << 32 | Single(),
        _ => Value(),
    };

    private ulong Single() => s_singles[random.Next(s_singles.Length)] ^ (uint)random.Next(2) << 31;

    private bool Place(X86State state, UsedMemory memory, bool aligned)
    {
        ulong target = X86State.Scratch + (ulong)random.Next(0x1000, 0x3000);
        target &= random.Next(3) == 0 && !aligned ? ulong.MaxValue : ~31UL;
        if (memory.Base == Register.RIP || memory.Base == Register.EIP)
        {
            return false;
        }

        if (memory.Index.IsVectorRegister())
        {
            PlaceLanes(state, memory);
        }
        else if (memory.Index != Register.None)
        {
            state.Registers[Number(memory.Index)] = (ulong)random.Next(16);
        }

        if (memory.Base != Register.None)
        {
            ulong index = memory.Index == Register.None || memory.Index.IsVectorRegister() || memory.Index.GetFullRegister() == memory.Base.GetFullRegister() ? 0 : state.Registers[Number(memory.Index)] * (ulong)memory.Scale;
            state.Registers[Number(memory.Base)] = target - index - memory.Displacement;
        }
        else if (memory.Index.IsVectorRegister())
        {
            return false;
        }
        else if (memory.Index != Register.None)
        {
            state.Registers[Number(memory.Index)] = (target - memory.Displacement) / (ulong)memory.Scale;
        }

        return true;
    }

    private static bool IsInside(X86State state, UsedMemory memory, ulong alignment)
    {
        ulong address = memory.Displacement
            + (memory.Base == Register.None ? 0 : state.Registers[Number(memory.Base)])
            + (memory.Index == Register.None || memory.Index.IsVectorRegister() ? 0 : state.Registers[Number(memory.Index)] * (ulong)memory.Scale);
        address = memory.AddressSize == CodeSize.Code32 ? (uint)address : address;
        return (address & alignment) == 0 && address >= X86State.Scratch + 0x400 && address < X86State.Scratch + X86State.ScratchSize - 0x400;
    }

    // Small numbers in lanes of the size that indices have.
    private void PlaceLanes(X86State state, UsedMemory memory)
    {
        int number = memory.Index.GetNumber();
        ulong Pair() => memory.VsibSize == 8 ? (ulong)(random.Next(200) - 100) : (uint)(random.Next(200) - 100) | (ulong)(uint)(random.Next(200) - 100) << 32;
        state.Vectors[number] = new UInt128(Pair(), Pair());
        state.Upper[number] = new UInt128(Pair(), Pair());
    }

    private static int Number(Register register) => Array.IndexOf(s_registers, register.GetFullRegister());
}
