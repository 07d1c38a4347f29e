using Dragoman.Linux.Host;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Carries out the calls that need nothing but their arguments translated, by signature.</summary>
internal static unsafe class PassThrough
{
    private const int AtCwd = -100;

    /// <summary>Structures of words that one call has at most.</summary>
    private const int MostStructures = 2;

    /// <summary>Makes the call on the host.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="syscall">The call.</param>
    /// <param name="signature">Its signature, starting with <c>=</c> or <c>~</c>.</param>
    /// <param name="arguments">As the guest gave them.</param>
    public static long Call(LinuxThread thread, Syscall syscall, string signature, in SyscallArguments arguments)
    {
        var result = thread.Buffers.Return(Carry(thread, syscall, signature, arguments));
        return signature[1..].StartsWith('+') ? thread.Process.Files.Add(result) : result;
    }

    private static long Carry(LinuxThread thread, Syscall syscall, string signature, in SyscallArguments arguments)
    {
        var process = thread.Process;
        var host = stackalloc nint[6];
        var copies = stackalloc long[MostStructures * WordStructure.Largest];
        var copied = 0;
        var isNative = WordStructure.IsNative(thread);
        var paths = 0;
        var waits = signature[0] == '~';
        var kinds = new SignatureArguments(signature);
        while (kinds.MoveNext())
        {
            var argument = kinds.Index;
            var value = arguments[argument];
            if (kinds.Direction != '\0' && !isNative && value != 0)
            {
                var copy = copies + (copied++ * WordStructure.Largest);
                if (kinds.Direction != '>' && !WordStructure.TryRead(thread, kinds.Kind, value, copy))
                {
                    return -Errno.EFAULT;
                }

                host[argument] = (nint)copy;
                continue;
            }

            switch (kinds.Direction == '\0' ? kinds.Kind : kinds.Direction == '<' ? '*' : 'w')
            {
                case 'f':
                    // What is not open is no descriptor of the host's either, which has its own order of what it finds wrong.
                    host[argument] = process.Files.ToHost((int)value);
                    break;
                case 'd':
                    host[argument] = (int)value == AtCwd ? AtCwd : process.Files.ToHost((int)value);
                    break;
                case 'p' or 'P':
                    if (value == 0)
                    {
                        host[argument] = 0;
                        break;
                    }

                    var follows = syscall != Syscall.Statx || (arguments[2] & HostPath.AtSymlinkNoFollow) == 0;
                    if (!thread.Paths.TryRead(value, paths++, kinds.Kind == 'P', out host[argument], out var error, follows))
                    {
                        return -error;
                    }

                    break;
                case 'q':
                    host[argument] = thread.Buffers.ToHost(value, sizeof(long));
                    break;
                case 'w':
                    host[argument] = thread.Buffers.ToHost(value, Size(syscall, kinds, arguments));
                    break;
                case '*' or 's':
                    host[argument] = process.Memory.Reach(value);
                    break;
                case 'l' when !isNative:
                    host[argument] = (int)value;
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
        }

        var result = Make(thread, syscall, waits, host);
        if (result == -Errno.EFAULT && PrepareReads(thread, signature, arguments))
        {
            result = Make(thread, syscall, waits, host);
        }

        return copied > 0 && result >= 0 && !WriteBack(thread, signature, arguments, copies) ? -Errno.EFAULT : result;
    }

    /// <summary>The size of the memory that an argument names, or null when the call knows it.</summary>
    private static ulong? Size(Syscall syscall, SignatureArguments kinds, in SyscallArguments arguments)
    {
        if (kinds.Direction == '\0' && kinds.MoveNext() && kinds.Kind is 'n' or 'u')
        {
            return kinds.Kind == 'n' ? arguments[kinds.Index] : arguments.UInt(kinds.Index);
        }

        return syscall == Syscall.Getgroups ? sizeof(uint) * (ulong)arguments.UInt(0) : null;
    }

    /// <summary>Gives the guest the structures of words that the host has written.</summary>
    private static bool WriteBack(LinuxThread thread, string signature, in SyscallArguments arguments, long* copies)
    {
        var kinds = new SignatureArguments(signature);
        while (kinds.MoveNext())
        {
            if (kinds.Direction == '\0' || arguments[kinds.Index] == 0)
            {
                continue;
            }

            if (kinds.Direction != '<' && !WordStructure.TryWrite(thread, kinds.Kind, arguments[kinds.Index], copies))
            {
                return false;
            }

            copies += WordStructure.Largest;
        }

        return true;
    }

    private static long Make(LinuxThread thread, Syscall syscall, bool waits, nint* host) => waits
        ? thread.Block(syscall, host[0], host[1], host[2], host[3], host[4], host[5])
        : HostCall.Invoke(syscall, host[0], host[1], host[2], host[3], host[4], host[5]);

    /// <summary>
    /// Readies every buffer that a call which failed with EFAULT reads: a file may end inside a guest page. A size (<c>n</c>) belongs to the pointer before it.
    /// </summary>
    private static bool PrepareReads(LinuxThread thread, string signature, in SyscallArguments arguments)
    {
        var kinds = new SignatureArguments(signature);
        var any = false;
        ulong pointer = 0, length = 0;
        while (kinds.MoveNext())
        {
            var isSize = kinds.Kind == 'n' && pointer != 0;
            any |= pointer != 0 && thread.Process.Memory.PrepareRead(pointer, isSize ? arguments[kinds.Index] : length);
            (pointer, length) = kinds.Kind is '*' or 's' || kinds.Direction == '<' ? (arguments[kinds.Index], WrittenBuffers.LargestStructure) : (0, 0);
        }

        return any | (pointer != 0 && thread.Process.Memory.PrepareRead(pointer, length));
    }
}
