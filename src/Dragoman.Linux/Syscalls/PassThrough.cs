using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Carries out the calls that need nothing but their arguments translated, by signature.</summary>
internal static unsafe class PassThrough
{
    private const int AtCwd = -100;

    /// <summary>Makes the call on the host.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="syscall">The call.</param>
    /// <param name="signature">Its signature, starting with <c>=</c> or <c>~</c>.</param>
    /// <param name="arguments">As the guest gave them.</param>
    public static long Call(LinuxThread thread, Syscall syscall, string signature, in SyscallArguments arguments)
    {
        var process = thread.Process;
        var host = stackalloc nint[6];
        var argument = 0;
        var paths = 0;
        var waits = signature[0] == '~';
        var makesDescriptor = false;
        foreach (var kind in signature.AsSpan(1))
        {
            if (kind == '+')
            {
                makesDescriptor = true;
                continue;
            }

            var value = arguments[argument];
            switch (kind)
            {
                case 'f':
                    host[argument] = process.Files.ToHost((int)value);
                    if (host[argument] < 0)
                    {
                        return -Errno.EBADF;
                    }

                    break;
                case 'd':
                    // A bad directory descriptor is no error beside an absolute path: the kernel decides.
                    host[argument] = (int)value == AtCwd ? AtCwd : process.Files.ToHost((int)value);
                    break;
                case 'p' or 'P':
                    if (value == 0)
                    {
                        host[argument] = 0;
                        break;
                    }

                    if (!thread.Paths.TryRead(value, paths++, kind == 'P', out host[argument], out var error))
                    {
                        return -error;
                    }

                    break;
                case '*' or 's':
                    host[argument] = process.Memory.ToHost(value);
                    break;
                case 'F' or 'c':
                    host[argument] = (nint)process.Abi.Numbers.OpenFlags.ToHost((uint)value);
                    break;
                case 'k':
                    host[argument] = (nint)process.Abi.Numbers.SocketFlags.ToHost((uint)value);
                    break;
                case 'i':
                    host[argument] = (int)value;
                    break;
                case 'u' or 'o':
                    host[argument] = (nint)(uint)value;
                    break;
                default:
                    host[argument] = (nint)value;
                    break;
            }

            argument++;
        }

        var result = Make(thread, syscall, waits, host);
        if (result == -Errno.EFAULT && Unprotect(thread, signature, arguments))
        {
            result = Make(thread, syscall, waits, host);
        }

        return makesDescriptor ? process.Files.Add(result) : result;
    }

    private static long Make(LinuxThread thread, Syscall syscall, bool waits, nint* host) => waits
        ? thread.Block(syscall, host[0], host[1], host[2], host[3], host[4], host[5])
        : HostCall.Invoke(syscall, host[0], host[1], host[2], host[3], host[4], host[5]);

    /// <summary>Readies every buffer of a call that failed with EFAULT: a size (<c>n</c>) belongs to the pointer before it.</summary>
    private static bool Unprotect(LinuxThread thread, string signature, in SyscallArguments arguments)
    {
        const ulong LargestStructure = 4096;
        var kinds = signature.AsSpan(1).TrimStart('+');
        var any = false;
        for (var i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] == '*' && arguments[i] != 0)
            {
                var length = i + 1 < kinds.Length && kinds[i + 1] == 'n' ? arguments[i + 1] : LargestStructure;
                any |= thread.Process.Memory.PrepareWrite(arguments[i], length);
            }
        }

        return any;
    }
}
