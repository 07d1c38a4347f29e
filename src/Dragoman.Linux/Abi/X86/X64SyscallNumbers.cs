using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.X86;

/// <summary>System call numbers of x86-64 Linux, which <see cref="Syscall"/> has too (the kernel's <c>arch/x86/entry/syscalls/syscall_64.tbl</c>).</summary>
internal static class X64SyscallNumbers
{
    /// <summary>The numbers from 335 to 423 are nobody's: from there on all machines have the same.</summary>
    private const int FirstUnused = 335, FirstCommon = 424;

    private static readonly Syscall[] s_table = MakeTable();

    /// <summary>The call of each guest number.</summary>
    public static ReadOnlySpan<Syscall> Table => s_table;

    private static Syscall[] MakeTable()
    {
        var table = new Syscall[(int)Syscall.FutexRequeue + 1];
        for (var number = 0; number < table.Length; number++)
        {
            table[number] = number is >= FirstUnused and < FirstCommon ? Syscall.None : (Syscall)number;
        }

        return table;
    }
}
