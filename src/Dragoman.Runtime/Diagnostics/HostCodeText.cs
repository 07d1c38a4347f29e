using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Runtime.Memory;
using Iced.Intel;
using Decoder = Iced.Intel.Decoder;

namespace Dragoman.Runtime.Diagnostics;

/// <summary>The host instructions of a compiled method, for <c>-d out_asm</c>.</summary>
internal static unsafe class HostCodeText
{
    private const int MostBytes = 1 << 16;

    /// <summary>
    /// Disassembles from an entry point to the method's end. .NET does not say where that is: it is behind the first return, jump or call that does not come
    /// back, with no branch met so far leading beyond it.
    /// </summary>
    public static string Of(nint entry)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "(no disassembler for this host)";
        }

        var code = new byte[MostBytes];
        int length;
        fixed (byte* copy = code)
        {
            length = HostMemory.ReadSafely((byte*)entry, copy, code.Length);
        }

        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code, 0, length), (ulong)entry);
        var formatter = new GasFormatter();
        var output = new StringOutput();
        var text = new StringBuilder();
        var farthest = (ulong)entry;
        while (decoder.IP < (ulong)entry + (ulong)length)
        {
            var instruction = decoder.Decode();
            formatter.Format(instruction, output);
            text.Append(CultureInfo.InvariantCulture, $"0x{instruction.IP:x}:  {output.ToStringAndReset()}\n");
            if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && instruction.NearBranchTarget is var target
                && target >= (ulong)entry && target < (ulong)entry + (ulong)length)
            {
                farthest = Math.Max(farthest, target);
            }

            var ends = instruction.FlowControl is FlowControl.Return or FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Interrupt
                || instruction.IsInvalid;
            if (ends && decoder.IP > farthest)
            {
                break;
            }
        }

        return text.ToString();
    }
}
