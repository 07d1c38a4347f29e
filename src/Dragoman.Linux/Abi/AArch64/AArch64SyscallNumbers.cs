using Dragoman.Linux.Syscalls;
using static Dragoman.Linux.Syscalls.Syscall;

namespace Dragoman.Linux.Abi.AArch64;

/// <summary>System call numbers of AArch64 Linux (the kernel's <c>include/uapi/asm-generic/unistd.h</c>).</summary>
internal static class AArch64SyscallNumbers
{
    /// <summary>The call of each guest number: constant data, read without allocation.</summary>
    public static ReadOnlySpan<Syscall> Table =>
    [
        /*   0 */ IoSetup, IoDestroy, IoSubmit, IoCancel, IoGetevents, Setxattr, Lsetxattr, Fsetxattr, Getxattr, Lgetxattr,
        /*  10 */ Fgetxattr, Listxattr, Llistxattr, Flistxattr, Removexattr, Lremovexattr, Fremovexattr, Getcwd, LookupDcookie, Eventfd2,
        /*  20 */ EpollCreate1, EpollCtl, EpollPwait, Dup, Dup3, Fcntl, InotifyInit1, InotifyAddWatch, InotifyRmWatch, Ioctl,
        /*  30 */ IoprioSet, IoprioGet, Flock, Mknodat, Mkdirat, Unlinkat, Symlinkat, Linkat, Renameat, Umount2,
        /*  40 */ Mount, PivotRoot, Nfsservctl, Statfs, Fstatfs, Truncate, Ftruncate, Fallocate, Faccessat, Chdir,
        /*  50 */ Fchdir, Chroot, Fchmod, Fchmodat, Fchownat, Fchown, Openat, Close, Vhangup, Pipe2,
        /*  60 */ Quotactl, Getdents64, Lseek, Read, Write, Readv, Writev, Pread64, Pwrite64, Preadv,
        /*  70 */ Pwritev, Sendfile, Pselect6, Ppoll, Signalfd4, Vmsplice, Splice, Tee, Readlinkat, Newfstatat,
        /*  80 */ Fstat, Sync, Fsync, Fdatasync, SyncFileRange, TimerfdCreate, TimerfdSettime, TimerfdGettime, Utimensat, Acct,
        /*  90 */ Capget, Capset, Personality, Exit, ExitGroup, Waitid, SetTidAddress, Unshare, Futex, SetRobustList,
        /* 100 */ GetRobustList, Nanosleep, Getitimer, Setitimer, KexecLoad, InitModule, DeleteModule, TimerCreate, TimerGettime, TimerGetoverrun,
        /* 110 */ TimerSettime, TimerDelete, ClockSettime, ClockGettime, ClockGetres, ClockNanosleep, Syslog, Ptrace, SchedSetparam, SchedSetscheduler,
        /* 120 */ SchedGetscheduler, SchedGetparam, SchedSetaffinity, SchedGetaffinity, SchedYield,
                  SchedGetPriorityMax, SchedGetPriorityMin, SchedRrGetInterval, RestartSyscall, Kill,
        /* 130 */ Tkill, Tgkill, Sigaltstack, RtSigsuspend, RtSigaction, RtSigprocmask, RtSigpending, RtSigtimedwait, RtSigqueueinfo, RtSigreturn,
        /* 140 */ Setpriority, Getpriority, Reboot, Setregid, Setgid, Setreuid, Setuid, Setresuid, Getresuid, Setresgid,
        /* 150 */ Getresgid, Setfsuid, Setfsgid, Times, Setpgid, Getpgid, Getsid, Setsid, Getgroups, Setgroups,
        /* 160 */ Uname, Sethostname, Setdomainname, Getrlimit, Setrlimit, Getrusage, Umask, Prctl, Getcpu, Gettimeofday,
        /* 170 */ Settimeofday, Adjtimex, Getpid, Getppid, Getuid, Geteuid, Getgid, Getegid, Gettid, Sysinfo,
        /* 180 */ MqOpen, MqUnlink, MqTimedsend, MqTimedreceive, MqNotify, MqGetsetattr, Msgget, Msgctl, Msgrcv, Msgsnd,
        /* 190 */ Semget, Semctl, Semtimedop, Semop, Shmget, Shmctl, Shmat, Shmdt, Socket, Socketpair,
        /* 200 */ Bind, Listen, Accept, Connect, Getsockname, Getpeername, Sendto, Recvfrom, Setsockopt, Getsockopt,
        /* 210 */ Shutdown, Sendmsg, Recvmsg, Readahead, Brk, Munmap, Mremap, AddKey, RequestKey, Keyctl,
        /* 220 */ Clone, Execve, Mmap, Fadvise64, Swapon, Swapoff, Mprotect, Msync, Mlock, Munlock,
        /* 230 */ Mlockall, Munlockall, Mincore, Madvise, RemapFilePages, Mbind, GetMempolicy, SetMempolicy, MigratePages, MovePages,
        /* 240 */ RtTgsigqueueinfo, PerfEventOpen, Accept4, Recvmmsg, None, None, None, None, None, None,
        /* 250 */ None, None, None, None, None, None, None, None, None, None,
        /* 260 */ Wait4, Prlimit64, FanotifyInit, FanotifyMark, NameToHandleAt, OpenByHandleAt, ClockAdjtime, Syncfs, Setns, Sendmmsg,
        /* 270 */ ProcessVmReadv, ProcessVmWritev, Kcmp, FinitModule, SchedSetattr, SchedGetattr, Renameat2, Seccomp, Getrandom, MemfdCreate,
        /* 280 */ Bpf, Execveat, Userfaultfd, Membarrier, Mlock2, CopyFileRange, Preadv2, Pwritev2, PkeyMprotect, PkeyAlloc,
        /* 290 */ PkeyFree, Statx, IoPgetevents, Rseq, KexecFileLoad, None, None, None, None, None,
        /* 300 */ None, None, None, None, None, None, None, None, None, None,
        /* 310 */ None, None, None, None, None, None, None, None, None, None,
        /* 320 */ None, None, None, None, None, None, None, None, None, None,
        /* 330 */ None, None, None, None, None, None, None, None, None, None,
        /* 340 */ None, None, None, None, None, None, None, None, None, None,
        /* 350 */ None, None, None, None, None, None, None, None, None, None,
        /* 360 */ None, None, None, None, None, None, None, None, None, None,
        /* 370 */ None, None, None, None, None, None, None, None, None, None,
        /* 380 */ None, None, None, None, None, None, None, None, None, None,
        /* 390 */ None, None, None, None, None, None, None, None, None, None,
        /* 400 */ None, None, None, None, None, None, None, None, None, None,
        /* 410 */ None, None, None, None, None, None, None, None, None, None,
        /* 420 */ None, None, None, None, PidfdSendSignal, IoUringSetup, IoUringEnter, IoUringRegister, OpenTree, MoveMount,
        /* 430 */ Fsopen, Fsconfig, Fsmount, Fspick, PidfdOpen, Clone3, CloseRange, Openat2, PidfdGetfd, Faccessat2,
        /* 440 */ ProcessMadvise, EpollPwait2, MountSetattr, QuotactlFd, LandlockCreateRuleset,
                  LandlockAddRule, LandlockRestrictSelf, MemfdSecret, ProcessMrelease, FutexWaitv,
        /* 450 */ SetMempolicyHomeNode, Cachestat, Fchmodat2,
    ];
}
