using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.X86;

/// <summary>
/// The 32-bit kernel's calls that a 64-bit program makes by INT 80H. Those whose arguments mean the same are carried out; those with structures that
/// a 32-bit program has otherwise are not there.
/// </summary>
internal static class X64NarrowCalls
{
    // Letters of signatures that are the same in both: everything but longs, addresses of unknown structures, and structures of words.
    private const string Shared = "iunxofdpPs*wqLhgFck";

    /// <summary>The call as a 64-bit program makes it, or <see cref="Syscall.None"/>.</summary>
    public static SyscallRequest Translate(in SyscallRequest narrow)
    {
        var a = narrow.Arguments;
        switch (narrow.Syscall)
        {
            case Syscall.Mmap2:
                return narrow;
            case Syscall.Waitpid:
                a[3] = 0;
                return narrow with { Syscall = Syscall.Wait4, Arguments = a };
            case Syscall.Lseek:
                a[1] = (ulong)a.Int(1);
                return narrow with { Arguments = a };
            case Syscall.Brk or Syscall.Munmap or Syscall.Mprotect or Syscall.Pipe or Syscall.Pipe2 or Syscall.Uname or Syscall.Readlink or Syscall.Readlinkat
                or Syscall.Poll or Syscall.SetTidAddress or Syscall.Fork or Syscall.Vfork or Syscall.Pause:
                return narrow;
            // Structures behind a plain pointer, and a signal frame, that 32-bit programs have otherwise.
            case Syscall.RtSigreturn or Syscall.Sysinfo or Syscall.Getrlimit or Syscall.Setrlimit or Syscall.Msgsnd or Syscall.Msgrcv or Syscall.Fcntl:
                return narrow with { Syscall = Syscall.None };
            default:
                var isShared = narrow.Syscall < Syscall.SyncFileRange2 && SyscallSignatures.Of(narrow.Syscall) is { } signature
                    && signature.TrimStart('=', '~', '+').All(letter => Shared.Contains(letter, StringComparison.Ordinal));
                return isShared ? narrow : narrow with { Syscall = Syscall.None };
        }
    }
}
