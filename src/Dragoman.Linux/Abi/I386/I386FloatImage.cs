using System.Buffers.Binary;
using Dragoman.Linux.Abi.X86;

namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// struct _fpstate_32: what FSAVE writes (Intel SDM 1, figure 8-9), and behind it the FXSAVE image that newer programs look at. x87 is restored
/// from the first, the vector registers from the second (arch/x86/kernel/fpu/regset.c).
/// </summary>
internal static class I386FloatImage
{
    /// <summary>Bytes of the first part: the registers, a copy of the status word, and the number that says whether the second is there.</summary>
    public const int LegacySize = 112;

    private const int Status = 4, Tag = 8, Instruction = 12, Code = 16, Opcode = 18, Operand = 20, Data = 24, Stack = 28, StackEntry = 10, Copy = 108, Registers = 8, Spacing = 16;
    private const uint UpperOnes = 0xFFFF0000;

    // Tags: valid, zero, special, empty.
    private const int Valid = 0, Zero = 1, Special = 2, Empty = 3;

    /// <summary>
    /// Fills in the first part from the second. As a 64-bit kernel has it, the selectors are the thread's present ones, and there is no opcode.
    /// </summary>
    public static void WriteLegacy(Span<byte> image, ushort code, ushort data)
    {
        var wide = image[LegacySize..];
        var status = BinaryPrimitives.ReadUInt16LittleEndian(wide[X86FloatRegisters.StatusWord..]);
        uint tags = 0;
        for (var i = 0; i < Registers; i++)
        {
            var entry = wide.Slice(X86FloatRegisters.Stack + (Spacing * i), StackEntry);
            entry.CopyTo(image[(Stack + (StackEntry * i))..]);
            var physical = ((status >> 11) + i) & 7;
            var isEmpty = (wide[X86FloatRegisters.TagWord] & (1 << physical)) == 0;
            tags |= (uint)(isEmpty ? Empty : TagOf(entry)) << (2 * physical);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(image, UpperOnes | BinaryPrimitives.ReadUInt16LittleEndian(wide[X86FloatRegisters.ControlWord..]));
        BinaryPrimitives.WriteUInt32LittleEndian(image[Status..], UpperOnes | status);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Tag..], UpperOnes | tags);
        wide.Slice(X86FloatRegisters.LastInstruction, sizeof(uint)).CopyTo(image[Instruction..]);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Code..], code);
        wide.Slice(X86FloatRegisters.LastOperand, sizeof(uint)).CopyTo(image[Operand..]);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Data..], UpperOnes | data);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Copy..], status);
    }

    /// <summary>Brings the second part's x87 state up to the first's.</summary>
    public static void ReadLegacy(Span<byte> image)
    {
        var wide = image[LegacySize..];
        image[..2].CopyTo(wide[X86FloatRegisters.ControlWord..]);
        image.Slice(Status, 2).CopyTo(wide[X86FloatRegisters.StatusWord..]);
        image.Slice(Opcode, 2).CopyTo(wide[X86FloatRegisters.LastOpcode..]);
        BinaryPrimitives.WriteUInt64LittleEndian(wide[X86FloatRegisters.LastInstruction..], BinaryPrimitives.ReadUInt32LittleEndian(image[Instruction..]));
        BinaryPrimitives.WriteUInt64LittleEndian(wide[X86FloatRegisters.LastOperand..], BinaryPrimitives.ReadUInt32LittleEndian(image[Operand..]));
        var tags = BinaryPrimitives.ReadUInt16LittleEndian(image[Tag..]);
        byte present = 0;
        for (var i = 0; i < Registers; i++)
        {
            present |= (byte)(((tags >> (2 * i)) & Empty) != Empty ? 1 << i : 0);
            image.Slice(Stack + (StackEntry * i), StackEntry).CopyTo(wide[(X86FloatRegisters.Stack + (Spacing * i))..]);
        }

        wide[X86FloatRegisters.TagWord] = present;
    }

    private static int TagOf(ReadOnlySpan<byte> entry)
    {
        const ulong Integer = 1UL << 63;
        const int AllOnes = 0x7FFF;
        var significand = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        var exponent = BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) & AllOnes;
        return exponent == AllOnes ? Special
            : exponent == 0 ? significand == 0 ? Zero : Special
            : (significand & Integer) != 0 ? Valid : Special;
    }
}
