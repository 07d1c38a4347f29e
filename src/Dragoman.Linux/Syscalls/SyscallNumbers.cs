using Dragoman.Linux.Abi;

namespace Dragoman.Linux.Syscalls;

/// <summary>Looks guest numbers up: one flat table for the ABI in use. Built once, then only read.</summary>
internal static class SyscallNumbers
{
    private static ushort[] s_table = [];
    private static ILinuxAbi? s_abi;

    /// <summary>The call that a guest number means, or <see cref="Syscall.None"/>.</summary>
    public static Syscall Find(ILinuxAbi abi, ulong number)
    {
        if (!ReferenceEquals(Volatile.Read(ref s_abi), abi))
        {
            Build(abi);
        }

        var table = s_table;
        return number < (ulong)table.Length ? (Syscall)table[number] : Syscall.None;
    }

    private static void Build(ILinuxAbi abi)
    {
        var pairs = abi.SyscallPairs;
        var highest = 0;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            highest = Math.Max(highest, pairs[i]);
        }

        var table = new ushort[highest + 1];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (ushort)Syscall.None;
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            table[pairs[i]] = pairs[i + 1];
        }

        s_table = table;
        Volatile.Write(ref s_abi, abi);
    }
}
