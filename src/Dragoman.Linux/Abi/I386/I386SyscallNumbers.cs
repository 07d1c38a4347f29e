using Dragoman.Linux.Syscalls;
using static Dragoman.Linux.Syscalls.Syscall;

namespace Dragoman.Linux.Abi.I386;

/// <summary>System call numbers of i386 Linux (the kernel's <c>arch/x86/entry/syscalls/syscall_32.tbl</c>).</summary>
internal static class I386SyscallNumbers
{
    /// <summary>The calls with 64-bit seconds: 403 to 423 on every 32-bit machine, and what came after them.</summary>
    public static bool HasWideTimes(ulong number) => number is (>= 403 and <= 423) or 441 or 449;

    /// <summary>The call of each guest number: constant data, read without allocation. Calls of before 2.2 that no kernel carries out are None.</summary>
    public static ReadOnlySpan<Syscall> Table =>
    [
        /*   0 */ RestartSyscall, Exit, Fork, Read, Write, Open, Close, Waitpid, Creat, Link,
        /*  10 */ Unlink, Execve, Chdir, Time, Mknod, Chmod, Lchown16, None, OldStat, Lseek,
        /*  20 */ Getpid, Mount, OldUmount, Setuid16, Getuid16, Stime, Ptrace, Alarm, OldFstat, Pause,
        /*  30 */ Utime, None, None, Access, Nice, None, Sync, Kill, Rename, Mkdir,
        /*  40 */ Rmdir, Dup, Pipe, Times, None, Brk, Setgid16, Getgid16, OldSignal, Geteuid16,
        /*  50 */ Getegid16, Acct, Umount2, None, Ioctl, Fcntl, None, Setpgid, None, OldOldUname,
        /*  60 */ Umask, Chroot, Ustat, Dup2, Getppid, Getpgrp, Setsid, OldSigaction, Sgetmask, Ssetmask,
        /*  70 */ Setreuid16, Setregid16, OldSigsuspend, OldSigpending, Sethostname, Setrlimit, OldGetrlimit, Getrusage, Gettimeofday, Settimeofday,
        /*  80 */ Getgroups16, Setgroups16, OldSelect, Symlink, OldLstat, Readlink, None, Swapon, Reboot, OldReaddir,
        /*  90 */ OldMmap, Munmap, Truncate, Ftruncate, Fchmod, Fchown16, Getpriority, Setpriority, None, Statfs,
        /* 100 */ Fstatfs, Ioperm, Socketcall, Syslog, Setitimer, Getitimer, Stat, Lstat, Fstat, OldUname,
        /* 110 */ Iopl, Vhangup, None, None, Wait4, Swapoff, Sysinfo, Ipc, Fsync, Sigreturn,
        /* 120 */ Clone, Setdomainname, Uname, ModifyLdt, None, Mprotect, OldSigprocmask, None, InitModule, DeleteModule,
        /* 130 */ None, Quotactl, Getpgid, Fchdir, None, Sysfs, Personality, AfsSyscall, Setfsuid16, Setfsgid16,
        /* 140 */ Llseek, OldGetdents, Select, Flock, Msync, Readv, Writev, Getsid, Fdatasync, Sysctl,
        /* 150 */ Mlock, Munlock, Mlockall, Munlockall, SchedSetparam,
                  SchedGetparam, SchedSetscheduler, SchedGetscheduler, SchedYield, SchedGetPriorityMax,
        /* 160 */ SchedGetPriorityMin, SchedRrGetInterval, Nanosleep, Mremap, Setresuid16, Getresuid16, None, None, Poll, None,
        /* 170 */ Setresgid16, Getresgid16, Prctl, RtSigreturn, RtSigaction,
                  RtSigprocmask, RtSigpending, RtSigtimedwait, RtSigqueueinfo, RtSigsuspend,
        /* 180 */ Pread64, Pwrite64, Chown16, Getcwd, Capget, Capset, Sigaltstack, Sendfile, Getpmsg, Putpmsg,
        /* 190 */ Vfork, Getrlimit, Mmap2, Truncate64, Ftruncate64, Stat64, Lstat64, Fstat64, Lchown, Getuid,
        /* 200 */ Getgid, Geteuid, Getegid, Setreuid, Setregid, Getgroups, Setgroups, Fchown, Setresuid, Getresuid,
        /* 210 */ Setresgid, Getresgid, Chown, Setuid, Setgid, Setfsuid, Setfsgid, PivotRoot, Mincore, Madvise,
        /* 220 */ Getdents64, Fcntl64, None, None, Gettid, Readahead, Setxattr, Lsetxattr, Fsetxattr, Getxattr,
        /* 230 */ Lgetxattr, Fgetxattr, Listxattr, Llistxattr, Flistxattr, Removexattr, Lremovexattr, Fremovexattr, Tkill, Sendfile64,
        /* 240 */ Futex, SchedSetaffinity, SchedGetaffinity, SetThreadArea, GetThreadArea, IoSetup, IoDestroy, IoGetevents, IoSubmit, IoCancel,
        /* 250 */ Fadvise64, None, ExitGroup, LookupDcookie, EpollCreate, EpollCtl, EpollWait, RemapFilePages, SetTidAddress, TimerCreate,
        /* 260 */ TimerSettime, TimerGettime, TimerGetoverrun, TimerDelete, ClockSettime,
                  ClockGettime, ClockGetres, ClockNanosleep, Statfs64, Fstatfs64,
        /* 270 */ Tgkill, Utimes, Fadvise6464, Vserver, Mbind, GetMempolicy, SetMempolicy, MqOpen, MqUnlink, MqTimedsend,
        /* 280 */ MqTimedreceive, MqNotify, MqGetsetattr, KexecLoad, Waitid, None, AddKey, RequestKey, Keyctl, IoprioSet,
        /* 290 */ IoprioGet, InotifyInit, InotifyAddWatch, InotifyRmWatch, MigratePages, Openat, Mkdirat, Mknodat, Fchownat, Futimesat,
        /* 300 */ Fstatat64, Unlinkat, Renameat, Linkat, Symlinkat, Readlinkat, Fchmodat, Faccessat, Pselect6, Ppoll,
        /* 310 */ Unshare, SetRobustList, GetRobustList, Splice, SyncFileRange, Tee, Vmsplice, MovePages, Getcpu, EpollPwait,
        /* 320 */ Utimensat, Signalfd, TimerfdCreate, Eventfd, Fallocate, TimerfdSettime, TimerfdGettime, Signalfd4, Eventfd2, EpollCreate1,
        /* 330 */ Dup3, Pipe2, InotifyInit1, Preadv, Pwritev, RtTgsigqueueinfo, PerfEventOpen, Recvmmsg, FanotifyInit, FanotifyMark,
        /* 340 */ Prlimit64, NameToHandleAt, OpenByHandleAt, None, Syncfs, Sendmmsg, Setns, ProcessVmReadv, ProcessVmWritev, Kcmp,
        /* 350 */ FinitModule, SchedSetattr, SchedGetattr, Renameat2, Seccomp, Getrandom, MemfdCreate, Bpf, Execveat, Socket,
        /* 360 */ Socketpair, Bind, Connect, Listen, Accept4, Getsockopt, Setsockopt, Getsockname, Getpeername, Sendto,
        /* 370 */ Sendmsg, Recvfrom, Recvmsg, Shutdown, Userfaultfd, Membarrier, Mlock2, CopyFileRange, Preadv2, Pwritev2,
        /* 380 */ PkeyMprotect, PkeyAlloc, PkeyFree, Statx, ArchPrctl, IoPgetevents, Rseq, None, None, None,
        /* 390 */ None, None, None, Semget, Semctl, Shmget, Shmctl, Shmat, Shmdt, Msgget,
        /* 400 */ Msgsnd, Msgrcv, Msgctl, ClockGettime, ClockSettime, None, ClockGetres, ClockNanosleep, TimerGettime, TimerSettime,
        /* 410 */ TimerfdGettime, TimerfdSettime, Utimensat, Pselect6, Ppoll, None, IoPgetevents, Recvmmsg, MqTimedsend, MqTimedreceive,
        /* 420 */ Semtimedop, RtSigtimedwait, Futex, SchedRrGetInterval, PidfdSendSignal,
                  IoUringSetup, IoUringEnter, IoUringRegister, OpenTree, MoveMount,
        /* 430 */ Fsopen, Fsconfig, Fsmount, Fspick, PidfdOpen, Clone3, CloseRange, Openat2, PidfdGetfd, Faccessat2,
        /* 440 */ ProcessMadvise, EpollPwait2, MountSetattr, QuotactlFd, LandlockCreateRuleset,
                  LandlockAddRule, LandlockRestrictSelf, MemfdSecret, ProcessMrelease, FutexWaitv,
        /* 450 */ SetMempolicyHomeNode,
    ];
}
