using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Memory;

/// <summary>The host's memory system calls, with Linux's numbers.</summary>
internal static unsafe partial class HostMemory
{
    public const int ProtNone = 0;
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int ProtExec = 4;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;
    public const int MapPopulate = 0x8000;
    public const int MapFixedNoReplace = 0x100000;
    public const int RemapMayMove = 1;
    public const int RemapFixed = 2;
    public const int RemapDontUnmap = 4;

    public const int ENOENT = 2;
    public const int EFAULT = 14;
    public const int EEXIST = 17;
    public const int EINVAL = 22;
    public const int ENOMEM = 12;
    public const int EACCES = 13;

    /// <summary>MAP_FAILED.</summary>
    public static byte* Failed => (byte*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(byte* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(byte* address, nuint length, int protection);

    /// <summary>mremap(2). It is variadic in C; on the hosts that .NET knows, five register arguments are passed alike.</summary>
    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    public static partial byte* Remap(byte* oldAddress, nuint oldLength, nuint newLength, int flags, byte* newAddress);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    public static partial nint ReadVector(int pid, IoVector* local, ulong localCount, IoVector* remote, ulong remoteCount, ulong flags);

    [LibraryImport("libc", EntryPoint = "process_vm_writev", SetLastError = true)]
    public static partial nint WriteVector(int pid, IoVector* local, ulong localCount, IoVector* remote, ulong remoteCount, ulong flags);

    /// <summary>This process. .NET's own property remembers the number that a forked child's parent had.</summary>
    [LibraryImport("libc", EntryPoint = "getpid")]
    public static partial int ProcessId();

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>errno of the last failed call, negated.</summary>
    public static int LastError() => -Marshal.GetLastPInvokeError();

    /// <summary>Copies host memory that may be unmapped or past a file's end. Returns the bytes that could be read.</summary>
    public static int ReadSafely(byte* source, byte* destination, int length)
    {
        // A part that cannot be read fails as a whole, so each part lies in one page.
        var done = 0;
        while (done < length)
        {
            var page = Environment.SystemPageSize;
            var part = Math.Min(length - done, page - (int)((nuint)(source + done) % (nuint)page));
            var local = new IoVector { Base = destination + done, Length = (nuint)part };
            var remote = new IoVector { Base = source + done, Length = (nuint)part };
            if (ReadVector(ProcessId(), &local, 1, &remote, 1, 0) != part)
            {
                break;
            }

            done += part;
        }

        return done;
    }
}
