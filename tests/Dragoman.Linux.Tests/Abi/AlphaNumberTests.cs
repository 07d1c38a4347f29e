using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Abi.Alpha;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Tests.Abi;

/// <summary>Alpha's numbers against the kernel's own headers for user programs (Debian's linux-libc-dev-alpha-cross and linux-libc-dev).</summary>
public sealed partial class AlphaNumberTests
{
    private const string AlphaHeaders = "/usr/alpha-linux-gnu/include/", HostHeaders = "/usr/include/x86_64-linux-gnu/", GenericHeaders = "/usr/include/";

    [HeaderFact]
    public void ErrorsAreThoseOfTheHeader()
    {
        var host = Read([GenericHeaders + "asm-generic/errno-base.h", GenericHeaders + "asm-generic/errno.h"]);
        var alpha = Read([AlphaHeaders + "asm-generic/errno-base.h", AlphaHeaders + "asm/errno.h"]);
        var checkedNames = 0;
        foreach (var (name, number) in host.Where(pair => pair.Key.StartsWith('E') && alpha.ContainsKey(pair.Key)))
        {
            Assert.Equal((name, alpha[name]), (name, (uint)AlphaNumbers.Table.Errors.ToGuest((int)number)));
            Assert.Equal((name, number), (name, (uint)AlphaNumbers.Table.Errors.ToHost((int)alpha[name])));
            checkedNames++;
        }

        Assert.True(checkedNames > 125, $"{checkedNames} names");
    }

    /// <summary>nsec_to_clock_t counts in USER_HZ.</summary>
    [Fact]
    public void TheTimesOfAChildAreInItsOwnTicks()
    {
        var info = new SignalInfo { Number = SignalNumbers.Chld, Code = 1, Status = 3, UserTime = 50, SystemTime = 200 }.ToGuest(AlphaNumbers.Table);
        Assert.Equal((20, 3, 512L, 2048L), (info.Number, info.Status, info.UserTime, info.SystemTime));
    }

    [HeaderFact]
    public void SignalsAreThoseOfTheHeader()
    {
        var host = Read([GenericHeaders + "asm-generic/signal.h"]);
        var alpha = Read([AlphaHeaders + "asm/signal.h"]);
        string[] names = [.. alpha.Keys.Where(name => name.StartsWith("SIG", StringComparison.Ordinal) && host.ContainsKey(name) && alpha[name] is > 0 and < 32)];
        Assert.True(names.Length >= 29, string.Join(' ', names));
        var signals = AlphaNumbers.Table.Signals;
        foreach (var name in names)
        {
            Assert.Equal((name, alpha[name]), (name, (uint)signals.ToGuest((int)host[name])));
            Assert.Equal(1UL << ((int)alpha[name] - 1), signals.SetToGuest(1UL << ((int)host[name] - 1)));
            Assert.Equal(1UL << ((int)host[name] - 1), signals.SetToHost(1UL << ((int)alpha[name] - 1)));
        }

        foreach (var (name, bits) in alpha.Where(pair => pair.Key.StartsWith("SA_", StringComparison.Ordinal) && host.ContainsKey(pair.Key)))
        {
            Assert.Equal((name, (ulong)bits), (name, AlphaNumbers.Table.SignalFlags.ToGuest(host[name])));
        }
    }

    [HeaderTheory]
    [InlineData("asm/fcntl.h", "asm-generic/fcntl.h", "O_|__O_", nameof(LinuxNumbers.OpenFlags))]
    [InlineData("asm/mman.h", "asm-generic/mman.h", "MAP_", nameof(LinuxNumbers.MapFlags))]
    public void FlagsAreThoseOfTheHeader(string alphaHeader, string hostHeader, string prefix, string map)
    {
        var host = Read([GenericHeaders + "asm-generic/mman-common.h", GenericHeaders + hostHeader]);
        var alpha = Read([AlphaHeaders + "asm-generic/fcntl.h", AlphaHeaders + alphaHeader]);
        var flags = map == nameof(LinuxNumbers.OpenFlags) ? AlphaNumbers.Table.OpenFlags : AlphaNumbers.Table.MapFlags;
        var prefixes = prefix.Split('|');
        string[] names = [.. alpha.Keys.Where(name => prefixes.Any(start => name.StartsWith(start, StringComparison.Ordinal)) && host.ContainsKey(name) && name is not ("MAP_TYPE" or "O_ACCMODE"))];
        Assert.True(names.Length >= 11, string.Join(' ', names));
        foreach (var name in names)
        {
            Assert.Equal((name, (ulong)alpha[name]), (name, flags.ToGuest(host[name])));
            Assert.Equal((name, (ulong)host[name]), (name, flags.ToHost(alpha[name])));
        }
    }

    [HeaderTheory]
    [InlineData("asm/socket.h", "asm-generic/socket.h", "SO_", nameof(LinuxNumbers.SocketOptions))]
    [InlineData("asm/resource.h", "asm-generic/resource.h", "RLIMIT_", nameof(LinuxNumbers.Limits))]
    [InlineData("asm/fcntl.h", "asm-generic/fcntl.h", "F_GET|F_SET", nameof(LinuxNumbers.FileCommands))]
    [InlineData("asm/mman.h", "asm-generic/mman-common.h", "MADV_", nameof(LinuxNumbers.Advice))]
    public void NumbersAreThoseOfTheHeader(string alphaHeader, string hostHeader, string prefix, string map)
    {
        var host = Read([GenericHeaders + hostHeader]);
        var alpha = Read([AlphaHeaders + alphaHeader]);
        var numbers = (NumberMap)typeof(LinuxNumbers).GetProperty(map)!.GetValue(AlphaNumbers.Table)!;
        var prefixes = prefix.Split('|');
        string[] names = [.. alpha.Keys.Where(name => prefixes.Any(start => name.StartsWith(start, StringComparison.Ordinal)) && host.ContainsKey(name))];
        Assert.True(names.Length >= 4, string.Join(' ', names));
        foreach (var name in names)
        {
            Assert.Equal((name, alpha[name]), (name, (uint)numbers.ToGuest((int)host[name])));
            Assert.Equal((name, host[name]), (name, (uint)numbers.ToHost((int)alpha[name])));
        }
    }

    [HeaderFact]
    public void SystemCallsAreThoseOfTheHeader()
    {
        var count = 0;
        foreach (var (name, number) in Read([AlphaHeaders + "asm/unistd_32.h"]).Where(pair => pair.Key.StartsWith("__NR_", StringComparison.Ordinal)))
        {
            var syscall = AlphaSyscallNumbers.Table[(int)number];
            Assert.NotEqual(Syscall.None, syscall);

            // A few calls share their name with one of other machines that is another call, and two are aliases.
            var plain = name["__NR_".Length..].TrimStart('_');
            var known = SyscallNames.Of(syscall);
            Assert.True(known.Replace("_", "") == plain.Replace("_", "") || known == "osf_" + plain || (plain, known) == ("setpgrp", "setpgid"), $"{number}: {name} is {known}");
            count++;
        }

        Assert.True(count > 400, $"{count} calls");
    }

    private static Dictionary<string, uint> Read(string[] headers)
    {
        Dictionary<string, uint> result = [];
        foreach (var match in headers.SelectMany(header => Definition().Matches(File.ReadAllText(header))))
        {
            var text = match.Groups[2].Value;
            result[match.Groups[1].Value] = text.StartsWith("0x", StringComparison.Ordinal) ? uint.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : text.Length > 1 && text[0] == '0' ? Convert.ToUInt32(text, 8)
                : uint.Parse(text, CultureInfo.InvariantCulture);
        }

        return result;
    }

    [GeneratedRegex(@"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(0x[0-9a-fA-F]+|[0-9]+)(?![0-9a-zA-Z_])", RegexOptions.Multiline)]
    private static partial Regex Definition();

    private static string? MissingHeaders => Directory.Exists(AlphaHeaders + "asm") && Directory.Exists(HostHeaders + "asm") ? null : "linux-libc-dev-alpha-cross or linux-libc-dev is not installed";

    private sealed class HeaderFactAttribute : FactAttribute
    {
        public HeaderFactAttribute() => Skip = MissingHeaders;
    }

    private sealed class HeaderTheoryAttribute : TheoryAttribute
    {
        public HeaderTheoryAttribute() => Skip = MissingHeaders;
    }
}
