using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Abi.X86;

/// <summary>The calls that x86-64 alone has.</summary>
internal static class X64Calls
{
    // arch/x86/include/uapi/asm/prctl.h.
    private const int SetGs = 0x1001, SetFs = 0x1002, GetFs = 0x1003, GetGs = 0x1004;

    public static long Call(LinuxThread thread, X86Registers registers, in SyscallRequest request) => request.Syscall switch
    {
        Syscall.Mmap2 => MapLow(thread, request.Arguments),
        Syscall.ArchPrctl => Control(thread, registers, request.Arguments.Int(0), request.Arguments[1]),
        _ => SyscallDispatcher.Missing(thread, request),
    };

    /// <summary>mmap by INT 80H: wherever it may choose, an address that 32 bits hold (in_32bit_syscall); MAP_32BIT says nothing there.</summary>
    private static long MapLow(LinuxThread thread, in SyscallArguments a)
    {
        const int OffsetShift = 12;
        const ulong NarrowEnd = 0xFFFF_E000;
        return MemoryCalls.Map(thread, a[0], a[1], a.UInt(2), a.UInt(3) & ~(uint)GuestMapFlags.Low, a.Int(4), a[5] << OffsetShift, NarrowEnd);
    }

    /// <summary>arch_prctl(2): the bases of FS and GS. The rest (CPUID faulting, AMX permissions, shadow stacks) this processor lacks.</summary>
    private static long Control(LinuxThread thread, X86Registers registers, int code, ulong address)
    {
        var process = thread.Process;
        switch (code)
        {
            case SetFs or SetGs:
                // TASK_SIZE_MAX leaves the last page out.
                if (address >= process.Abi.AddressLimit - (ulong)process.Machine.Memory.PageSize)
                {
                    return -Errno.EPERM;
                }

                registers.Segment(thread.Vcpu, code == SetFs ? X86Registers.Fs : X86Registers.Gs) = 0;
                (code == SetFs ? ref registers.FsBase(thread.Vcpu) : ref registers.GsBase(thread.Vcpu)) = address;
                return 0;
            case GetFs or GetGs:
                var value = code == GetFs ? registers.FsBase(thread.Vcpu) : registers.GsBase(thread.Vcpu);
                return process.Memory.TryWrite(address, value) ? 0 : -Errno.EFAULT;
            default:
                return -Errno.EINVAL;
        }
    }
}
