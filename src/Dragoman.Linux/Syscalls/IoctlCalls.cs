using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// ioctl: the requests whose arguments look the same on every guest with generic numbers. Others are refused as an inappropriate one is,
/// because an unknown structure may hold pointers.
/// </summary>
internal static class IoctlCalls
{
    // TCGETS (TCSETS, TCSETSW, TCSETSF, TCGETA, ... follow), TCGETS2, and one below TCSETS2 (TCSETSW2, TCSETSF2 follow).
    private const uint GetModes = 0x5401, GetModes2 = 0x802C542A, SetModes2 = 0x402C542A;

    public static long Ioctl(LinuxThread thread, int descriptor, uint guestRequest, ulong argument)
    {
        var process = thread.Process;
        var numbers = process.Abi.Numbers;
        var request = numbers.Requests?.ToHost(guestRequest) ?? guestRequest;
        var host = process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (numbers.Terminals is { } terminals && request is (>= GetModes and <= GetModes + 7) or GetModes2 or (> SetModes2 and <= SetModes2 + 3))
        {
            return Modes(thread, host, request, argument, terminals);
        }

        switch (request)
        {
            // Terminals: TCGETS to TCSETAF, TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCSTI, TIOCGWINSZ, TIOCSWINSZ, modem bits, FIONREAD, TIOCPKT,
            // FIONBIO, TIOCGETD, TCGETS2..., TIOCGPTN, TIOCSPTLCK, TIOCGSID, FIOASYNC.
            case (>= 0x5401 and <= 0x5408) or 0x540F or 0x5410 or 0x5411 or 0x5412 or 0x5413 or 0x5414 or (>= 0x5415 and <= 0x5418) or 0x541B
                or 0x5420 or 0x5421 or 0x5423 or 0x5424 or 0x5429 or 0x5452 or 0x80045430 or 0x40045431 or (>= 0x802C542A and <= 0x802C542D)
                or (>= 0x402C542B and <= 0x402C542D):
            // Block and file: BLKGETSIZE64, BLKSSZGET, FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FIGETBSZ, FIFREEZE's neighbours are not here.
            case 0x80081272 or 0x1268 or 0x80086601 or 0x40086602 or 2:
            // Sockets: SIOCATMARK, SIOCGIFINDEX, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFNAME, FIOSETOWN.., SIOCSPGRP, SIOCGPGRP.
            case 0x8905 or 0x8933 or 0x8913 or 0x8915 or 0x8921 or 0x8927 or 0x8910 or (>= 0x8901 and <= 0x8904):
                return thread.Buffers.Return(thread.Block(Syscall.Ioctl, host, (nint)request, thread.Buffers.ToHost(argument)));

            // An int or nothing by value: TCSBRK, TCXONC, TCFLSH, TIOCEXCL, TIOCNXCL, TIOCSCTTY, TIOCNOTTY, FIONCLEX, FIOCLEX, TCSBRKP, TIOCGPTPEER, FICLONE.
            case 0x5409 or 0x540A or 0x540B or 0x540C or 0x540D or 0x540E or 0x5422 or 0x5450 or 0x5451 or 0x5425:
                return thread.Block(Syscall.Ioctl, host, (nint)request, (nint)argument);
            case 0x5441:
                return process.Files.Add(HostCall.Invoke(Syscall.Ioctl, host, (nint)request, (nint)argument));
            case 0x40049409:
                var source = process.Files.ToHost((int)argument);
                return source < 0 ? -Errno.EBADF : HostCall.Invoke(Syscall.Ioctl, host, (nint)request, source);
            default:
                process.ReportMissing($"Unsupported ioctl: 0x{guestRequest:x}");
                return -Errno.ENOTTY;
        }
    }

    /// <summary>Terminal modes of a guest that has its own: always as the host's struct termios2, which has the speeds too.</summary>
    private static unsafe long Modes(LinuxThread thread, int host, uint request, ulong argument, TerminalMap map)
    {
        var operation = request >= GetModes2 ? 0 : request > SetModes2 ? request - SetModes2 : request - GetModes;
        var native = stackalloc byte[TerminalMap.Size];
        Span<byte> guest = stackalloc byte[TerminalMap.Size];
        if (operation == 0)
        {
            if (thread.Block(Syscall.Ioctl, host, unchecked((nint)GetModes2), (nint)native) is < 0 and var error)
            {
                return error;
            }

            map.ToGuest(new ReadOnlySpan<byte>(native, TerminalMap.Size), guest);
            return thread.Process.Memory.TryWrite(argument, guest) ? 0 : -Errno.EFAULT;
        }

        if (operation > 3)
        {
            // struct termio, of System V.
            thread.Process.ReportMissing($"Unsupported ioctl: struct termio (0x{request:x})");
            return -Errno.ENOTTY;
        }

        if (!thread.Process.Memory.TryRead(argument, guest))
        {
            return -Errno.EFAULT;
        }

        map.ToHost(guest, new Span<byte>(native, TerminalMap.Size));
        return thread.Block(Syscall.Ioctl, host, (nint)(SetModes2 + operation), (nint)native);
    }
}
