using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// What the instructions of a machine's vCPUs ask of the board that they are on. Called on the vCPU's thread, outside translated code or in the middle of an
/// instruction that the state does not show yet, with the big lock held.
/// </summary>
[UnderBigLock]
public interface IBoard
{
    /// <summary>Reads a register that lives in a device, by the guest's number. False: there is none.</summary>
    bool ReadRegister(SystemVcpu vcpu, uint register, out ulong value);

    /// <summary>Writes a register that lives in a device. False: there is none.</summary>
    bool WriteRegister(SystemVcpu vcpu, uint register, ulong value);

    /// <summary>Answers a call of firmware: arguments and results are in the vCPU's registers, its PC at the instruction. False: undefined.</summary>
    bool FirmwareCall(SystemVcpu vcpu, FirmwareCallKind kind);

    /// <summary>Answers a semihosting call. False: undefined.</summary>
    bool Semihost(SystemVcpu vcpu);
}
