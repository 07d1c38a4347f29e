using System.Globalization;
using System.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Diagnostics;

namespace Dragoman.Linux.Strace;

/// <summary>Writes system calls the way QEMU's -strace does: <c>PID name(arguments) = result</c>.</summary>
internal sealed class StraceWriter(LinuxProcess process, RuntimeLog log)
{
    private const int LongestString = 128;

    /// <summary>Called before a call is made. Calls that may not return are written here.</summary>
    public void Enter(LinuxThread thread, in SyscallRequest request)
    {
        if (request.Syscall is Syscall.Exit or Syscall.ExitGroup or Syscall.Execve or Syscall.RtSigreturn)
        {
            log.WriteLine(Describe(thread, request));
        }
    }

    /// <summary>Called after a call was made.</summary>
    public void Leave(LinuxThread thread, in SyscallRequest request, long result)
    {
        if (request.Syscall is not (Syscall.Exit or Syscall.ExitGroup or Syscall.RtSigreturn))
        {
            log.WriteLine($"{Describe(thread, request)} = {Result(request.Syscall, result)}");
        }
    }

    /// <summary>Called before a signal is delivered: <c>--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x0} ---</c>.</summary>
    public void Signal(LinuxThread thread, in SignalInfo info)
    {
        var name = SignalNumbers.Name(info.Number);
        log.WriteLine($"{thread.Tid} --- {name} {{si_signo={name}, si_code={SignalCodeText.Of(info)}{SignalCodeText.OriginOf(info)}}} ---");
    }

    private string Describe(LinuxThread thread, in SyscallRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{thread.Tid} ");
        if (request.Syscall == Syscall.None)
        {
            return text.Append(CultureInfo.InvariantCulture, $"Unknown syscall {request.Number}").ToString();
        }

        text.Append(SyscallNames.Of(request.Syscall)).Append('(');
        var kinds = new SignatureArguments(SyscallSignatures.Of(request.Syscall) ?? "xxxxxx");
        while (kinds.MoveNext())
        {
            text.Append(kinds.Index == 0 ? "" : ",");
            AppendArgument(text, kinds.Direction == '\0' ? kinds.Kind : '*', request.Arguments[kinds.Index]);
        }

        return text.Append(')').ToString();
    }

    private void AppendArgument(StringBuilder text, char kind, ulong value)
    {
        switch (kind)
        {
            case 'i' or 'f':
                text.Append((int)value);
                break;
            case 'd':
                text.Append((int)value == HostPath.AtCwd ? "AT_FDCWD" : ((int)value).ToString(CultureInfo.InvariantCulture));
                break;
            case 'u':
                text.Append((uint)value);
                break;
            case 'l':
                text.Append(process.Abi.Layouts.WordSize == 4 ? (int)value : (long)value);
                break;
            case 'L':
                text.Append((long)value);
                break;
            case 'n':
                text.Append(value);
                break;
            case 'o':
                text.Append('0').Append(Convert.ToString((uint)value, 8));
                break;
            case 'g':
                text.Append(SignalNumbers.Name(process.Abi.Numbers.Signals.ToHost((int)value)));
                break;
            case 'p' or 'P' or 's':
                AppendString(text, value);
                break;
            case 'F':
                text.Append(OpenFlagText.Of((uint)process.Abi.Numbers.OpenFlags.ToHost(value & 0xFFFFFFFF)));
                break;
            default:
                text.Append(value == 0 ? kind == 'x' ? "0" : "NULL" : "0x" + value.ToString("x", CultureInfo.InvariantCulture));
                break;
        }
    }

    private void AppendString(StringBuilder text, ulong address)
    {
        if (address == 0)
        {
            text.Append("NULL");
            return;
        }

        if (process.Memory.ReadString(address, 4096, out _) is not { } bytes)
        {
            text.Append("0x").Append(address.ToString("x", CultureInfo.InvariantCulture));
            return;
        }

        text.Append('"');
        foreach (var b in bytes.AsSpan(0, Math.Min(bytes.Length, LongestString)))
        {
            text.Append(b is >= 32 and < 127 and not (byte)'"' and not (byte)'\\' ? ((char)b).ToString() : $"\\{Convert.ToString(b, 8)}");
        }

        text.Append(bytes.Length > LongestString ? "\"..." : "\"");
    }

    private static string Result(Syscall syscall, long result)
    {
        if (result is -Errno.ERESTARTSYS or -Errno.ERESTARTNOINTR or -Errno.ERESTARTNOHAND or -Errno.ERESTART_RESTARTBLOCK)
        {
            return "? (interrupted by a signal)";
        }

        if (result == Errno.NoResultValue)
        {
            // A program that takes this one's place: nobody is there to see a number.
            return "0";
        }

        if (result is < 0 and >= -Errno.Largest)
        {
            return $"-1 errno={-result} ({Errno.Name((int)-result)})";
        }

        return syscall is Syscall.Mmap or Syscall.Brk or Syscall.Mremap
            ? "0x" + result.ToString("x", CultureInfo.InvariantCulture)
            : result.ToString(CultureInfo.InvariantCulture);
    }
}
