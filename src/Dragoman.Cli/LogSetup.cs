using System.Globalization;
using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Runtime.Diagnostics;

namespace Dragoman.Cli;

/// <summary>Turns <c>-d</c>, <c>-D</c> and <c>--dfilter</c> into a log.</summary>
internal static class LogSetup
{
    private static readonly (string Name, LogCategories Category, string Help)[] s_items =
    [
        ("in_asm", LogCategories.InAsm, "guest code of each translation block"),
        ("op", LogCategories.Op, "its ops as the frontend made them"),
        ("op_opt", LogCategories.OpOpt, "its ops after the optimizer"),
        ("out_asm", LogCategories.OutAsm, "what the backend made of them"),
        ("exec", LogCategories.Exec, "each translation block entered through the dispatcher"),
        ("int", LogCategories.Int, "exceptions and signals"),
        ("cpu", LogCategories.Cpu, "registers before each translation block"),
        ("strace", LogCategories.Strace, "system calls"),
        ("nochain", LogCategories.NoChain, "do not chain translation blocks, so that exec and cpu show each"),
        ("unimp", LogCategories.Unimp, "instructions and system calls that are not there"),
        ("page", LogCategories.Page, "the guest's memory map when it changes"),
    ];

    /// <summary>Text for <c>-d help</c>.</summary>
    public static string Help => string.Join('\n', s_items.Select(item => $"{item.Name,-10} {item.Help}"));

    /// <summary>Reads the items of <c>-d</c>.</summary>
    /// <exception cref="CommandException">One of them is unknown.</exception>
    public static LogCategories Parse(string items)
    {
        LogCategories categories = LogCategories.None;
        foreach (string name in items.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int index = Array.FindIndex(s_items, item => item.Name == name);
            if (index < 0)
            {
                throw CommandException.Usage($"unknown log item '{name}'; '-d help' lists them");
            }

            categories |= s_items[index].Category;
        }

        return categories;
    }

    /// <summary>Makes the log, or null when nothing is to be logged.</summary>
    /// <param name="categories">What is logged.</param>
    /// <param name="file">Where to, or null for standard error.</param>
    /// <param name="filter">The ranges of <c>--dfilter</c>, or null.</param>
    /// <param name="goesOn">True for a process that a guest has forked: its lines are added to the file.</param>
    /// <exception cref="CommandException">The file cannot be written or a range is wrong.</exception>
    public static RuntimeLog? Create(LogCategories categories, string? file, string? filter, bool goesOn)
    {
        List<AddressRange> ranges = [];
        foreach (string range in (filter ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            ranges.Add(ParseRange(range));
        }

        bool logs = (categories & ~LogCategories.NoChain) != 0;
        if (file is null)
        {
            return logs ? new RuntimeLog(categories, new StreamWriter(StandardError.Stream), ranges) : null;
        }

        string path = file.Replace("%d", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Stream stream = LogFile.Open(path, empty: !goesOn, out int errno)
            ?? throw new CommandException($"cannot write the log file '{file}': {Marshal.GetPInvokeErrorMessage(errno)}");
        if (!logs)
        {
            stream.Dispose();
            return null;
        }

        return new RuntimeLog(categories, new StreamWriter(stream), ranges, ownsWriter: true);
    }

    private static AddressRange ParseRange(string text)
    {
        string[] ends = text.Split("..");
        if (ends.Length == 2 && TryNumber(ends[0], out ulong first) && TryNumber(ends[1], out ulong last) && first <= last)
        {
            return new AddressRange(first, last);
        }

        int sign = text.IndexOfAny(['+', '-']);
        if (sign > 0 && TryNumber(text[..sign], out ulong start) && TryNumber(text[(sign + 1)..], out ulong length) && length > 0)
        {
            if (text[sign] == '+' && start + (length - 1) >= start)
            {
                return new AddressRange(start, start + (length - 1));
            }

            if (text[sign] == '-' && start >= length)
            {
                return new AddressRange(start - length, start);
            }
        }

        throw CommandException.Usage($"'{text}' is not an address range: write start..end, start+length or start-length");
    }

    private static bool TryNumber(string text, out ulong value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
