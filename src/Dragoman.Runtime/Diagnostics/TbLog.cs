using System.Globalization;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Diagnostics;

/// <summary>What <c>-d in_asm</c>, <c>op</c>, <c>op_opt</c> and <c>out_asm</c> show of a TB.</summary>
internal static class TbLog
{
    public static void WriteGuestCode(RuntimeLog log, IGuest guest, ulong pc, ReadOnlySpan<byte> code)
    {
        if (!log.Has(LogCategories.InAsm, pc))
        {
            return;
        }

        var text = new StringBuilder("----------------\nIN:\n");
        for (var offset = 0; offset < code.Length;)
        {
            var line = new StringBuilder();
            var length = Math.Min(guest.Disassemble(code[offset..], pc + (ulong)offset, line), code.Length - offset);
            text.Append(CultureInfo.InvariantCulture, $"0x{pc + (ulong)offset:x8}:  ");
            for (var i = 0; i < length; i++)
            {
                // Fixed-width code reads as words, as the manuals print it.
                var index = guest.InstructionAlignment == length ? length - 1 - i : i;
                text.Append(CultureInfo.InvariantCulture, $"{code[offset + index]:x2}");
            }

            text.Append("  ").Append(line).Append('\n');
            offset += Math.Max(length, 1);
        }

        log.WriteLine(text.ToString());
    }

    public static void WriteOps(RuntimeLog log, LogCategories category, ulong pc, TcgContext context)
    {
        if (log.Has(category, pc))
        {
            log.WriteLine((category == LogCategories.Op ? "OP:\n" : "OP after optimization:\n") + context.Dump());
        }
    }

    public static void WriteHostCode(RuntimeLog log, ulong pc, ITcgBackend backend, TbCode code)
    {
        if (log.Has(LogCategories.OutAsm, pc))
        {
            log.WriteLine($"OUT ({backend.Name}): [size={code.Size}]\n{code.Dump() ?? "(no text)"}");
        }
    }
}
