using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// ioctl: the requests whose arguments look the same on every guest with generic numbers. Others are refused as an inappropriate one is,
/// because an unknown structure may hold pointers.
/// </summary>
internal static class IoctlCalls
{
    public static long Ioctl(LinuxThread thread, int descriptor, uint request, ulong argument)
    {
        var process = thread.Process;
        var host = process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
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
                return thread.Block(Syscall.Ioctl, host, (nint)request, process.Memory.ToHost(argument));

            // An int or nothing by value: TCSBRK, TCXONC, TCFLSH, TIOCEXCL, TIOCNXCL, TIOCSCTTY, TIOCNOTTY, FIONCLEX, FIOCLEX, TCSBRKP, TIOCGPTPEER, FICLONE.
            case 0x5409 or 0x540A or 0x540B or 0x540C or 0x540D or 0x540E or 0x5422 or 0x5450 or 0x5451 or 0x5425:
                return thread.Block(Syscall.Ioctl, host, (nint)request, (nint)argument);
            case 0x5441:
                return process.Files.Add(HostCall.Invoke(Syscall.Ioctl, host, (nint)request, (nint)argument));
            case 0x40049409:
                var source = process.Files.ToHost((int)argument);
                return source < 0 ? -Errno.EBADF : HostCall.Invoke(Syscall.Ioctl, host, (nint)request, source);
            default:
                process.ReportMissing($"Unsupported ioctl: 0x{request:x}");
                return -Errno.ENOTTY;
        }
    }
}
