using Iced.Intel;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>Iced, a decoder and formatter for x86 that shares nothing with this project; MASM syntax, everything explicit.</summary>
public sealed class IcedWitness(int bitness)
{
    private readonly MasmFormatter _formatter = new(new FormatterOptions
    {
        MemorySizeOptions = MemorySizeOptions.Always,
        HexPrefix = "0x",
        HexSuffix = null,
        UppercaseHex = false,
        SmallHexNumbersInDecimal = false,
        AddLeadingZeroToHexNumbers = false,
        SpaceAfterOperandSeparator = true,
        ShowBranchSize = false,
        BranchLeadingZeros = false,
        MasmAddDsPrefix32 = false,
        RipRelativeAddresses = false,
        UsePseudoOps = false,
    });

    /// <summary>The instruction at the start of the bytes, which are of 64-bit or 32-bit code at <paramref name="pc"/>.</summary>
    public Instruction Decode(byte[] code, ulong pc)
    {
        var decoder = Decoder.Create(bitness, new ByteArrayCodeReader(code));
        decoder.IP = pc;
        return decoder.Decode();
    }

    /// <summary>Its text, without the hints of hardware lock elision, which the manual has taken back (SDM 1, 16.1).</summary>
    public string Text(Instruction instruction)
    {
        if (!instruction.IsStringInstruction && instruction.FlowControl == FlowControl.Next)
        {
            instruction.HasRepePrefix = instruction.HasRepnePrefix = false;
        }

        var output = new StringOutput();
        _formatter.Format(instruction, output);
        return output.ToStringAndReset();
    }
}
