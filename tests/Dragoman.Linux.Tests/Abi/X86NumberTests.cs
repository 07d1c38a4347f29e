using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Linux.Abi.I386;
using Dragoman.Linux.Abi.X86;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Tests.Abi;

/// <summary>The system call numbers of x86-64 and i386 against the kernel's own headers for user programs (Debian's linux-libc-dev).</summary>
public sealed partial class X86NumberTests
{
    private const string Headers = "/usr/include/x86_64-linux-gnu/asm/";

    [HostHeaderFact]
    public void X64CallsHaveTheNumbersOfTheHeader()
    {
        var calls = Read("unistd_64.h");
        foreach (var (name, number) in calls)
        {
            Assert.Equal((number, Plain(name)), (number, Plain(SyscallNames.Of(X64SyscallNumbers.Table[number]))));
        }

        Assert.True(calls.Count > 350, $"{calls.Count} names");
    }

    [HostHeaderFact]
    public void I386CallsHaveTheNumbersOfTheHeader()
    {
        var calls = Read("unistd_32.h");
        var compared = 0;
        foreach (var (name, number) in calls)
        {
            var call = I386SyscallNumbers.Table[number];
            if (call == Syscall.None)
            {
                continue;
            }

            // Ids of 32 bits and times of 64 came later, under names of their own; the first to have a name has it with "old" or "16".
            var plain = Plain(name);
            string[] spellings = calls.ContainsKey(name + "32")
                ? [plain + "16"]
                : [plain, "old" + plain, WithoutWidth().Replace(plain, ""), plain == "ugetrlimit" ? "getrlimit" : plain, plain == "newselect" ? "select" : plain];
            Assert.Contains(Plain(SyscallNames.Of(call)), spellings);
            compared++;
        }

        Assert.True(compared > 390, $"{compared} names");
    }

    private static Dictionary<string, int> Read(string header) => Definition().Matches(File.ReadAllText(Headers + header))
        .ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);

    [GeneratedRegex(@"#define __NR_(\w+) (\d+)")]
    private static partial Regex Definition();

    [GeneratedRegex("(32|(?<!get|set)time64|(?<=gettime|settime)64)$")]
    private static partial Regex WithoutWidth();

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class HostHeaderFactAttribute : FactAttribute
    {
        public HostHeaderFactAttribute() => Skip = File.Exists(Headers + "unistd_32.h") ? null : "not installed: linux-libc-dev for amd64";
    }
}
