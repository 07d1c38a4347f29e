using System.Globalization;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Diagnostics;

/// <summary>What <c>-d in_asm</c>, <c>op</c>, <c>op_opt</c> and <c>out_asm</c> show of a TB, or of the region that begins with it.</summary>
internal static class TbLog
{
    public static void WriteGuestCode(this RuntimeLog log, IGuest guest, ulong pc, ReadOnlySpan<byte> code)
    {
        if (!log.Has(LogCategories.InAsm, pc))
        {
            return;
        }

        var text = new StringBuilder("----------------\nIN:");
        text.Append(log.NameOf(pc)).Append('\n');
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

    public static void WriteOps(this RuntimeLog log, LogCategories category, ulong pc, int blocks, TcgContext context)
    {
        if (log.Has(category, pc))
        {
            log.WriteLine($"OP{(category == LogCategories.Op ? "" : " after optimization")}{Region(blocks)}:\n{context.Dump()}");
        }
    }

    public static void WriteHostCode(this RuntimeLog log, ulong pc, int blocks, ITcgBackend backend, TbCode code)
    {
        if (log.Has(LogCategories.OutAsm, pc))
        {
            var text = code.Dump() ?? (code.EntryPoint != 0 ? HostCodeText.Of(code.EntryPoint) : "(no text)");
            log.WriteLine($"OUT: 0x{pc:x} ({backend.Name}){Region(blocks)} [size={code.Size}]\n{text}");
        }
    }

    private static string Region(int blocks) => blocks == 1 ? "" : $" (region of {blocks} TBs)";
}
