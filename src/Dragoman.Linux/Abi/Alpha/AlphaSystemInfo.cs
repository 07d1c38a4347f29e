using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>osf_getsysinfo and osf_setsysinfo: floating-point control, and what is done about misaligned accesses.</summary>
internal static class AlphaSystemInfo
{
    private const int GetAlignment = 8, GetFloatControl = 45, GetProcessor = 60;
    private const int SetPairs = 1, SetLicenses = 7, SetFloatControl = 14, RaiseException = 1001;
    private const uint Alignment = 6, AlignmentBits = 7;
    private const ulong PairSize = 8;

    public static long Get(LinuxThread thread, AlphaRegisters registers, int what, ulong buffer, ulong size)
    {
        var memory = thread.Process.Memory;
        return what switch
        {
            GetFloatControl => memory.TryWrite(buffer, AlphaFloatControl.Get(registers, thread.Vcpu)) ? 0 : -Errno.EFAULT,
            GetAlignment => size < sizeof(uint) ? -Errno.EINVAL : memory.TryWrite(buffer, (uint)registers.Unaligned(thread.Vcpu)) ? 1 : -Errno.EFAULT,
            GetProcessor => size < sizeof(ulong) ? -Errno.EINVAL : memory.TryWrite(buffer, AlphaProcessor.Type(thread.Process.Guest.Cpu)) ? 1 : -Errno.EFAULT,
            _ => -Errno.EOPNOTSUPP,
        };
    }

    public static long Set(LinuxThread thread, AlphaRegisters registers, int what, ulong buffer, ulong count)
    {
        var memory = thread.Process.Memory;
        switch (what)
        {
            case SetFloatControl or RaiseException:
                if (!memory.TryRead(buffer, out ulong word))
                {
                    return -Errno.EFAULT;
                }

                if (what == SetFloatControl)
                {
                    AlphaFloatControl.Set(registers, thread.Vcpu, word);
                }
                else if (AlphaFloatControl.Raise(registers, thread.Vcpu, word) is not 0 and var code)
                {
                    thread.Process.Signals.Send(thread.Process, thread, SignalInfo.Fault(SignalNumbers.Fpe, code, 0));
                }

                return 0;
            case SetPairs:
                for (var i = 0U; i < count; i++)
                {
                    if (!memory.TryRead(buffer + (i * PairSize), out (uint Name, uint Value) pair))
                    {
                        return -Errno.EFAULT;
                    }

                    if (pair.Name != Alignment)
                    {
                        return -Errno.EOPNOTSUPP;
                    }

                    registers.Unaligned(thread.Vcpu) = pair.Value & AlignmentBits;
                }

                return 0;
            case SetLicenses:
                return 0;
            default:
                return -Errno.EOPNOTSUPP;
        }
    }
}
