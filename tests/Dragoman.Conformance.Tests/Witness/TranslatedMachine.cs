using Dragoman.Guests.AArch64;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Backends;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes trials of A64.</summary>
public sealed unsafe class TranslatedMachine(ITcgBackend backend)
    : WitnessMachine<MachineState>(AArch64Guest.Instance, backend, MachineState.Slot, MachineState.Scratch, 0xD4000001)
{
    private static readonly string[] s_flags = ["NZCV.N", "NZCV.Z", "NZCV.C", "NZCV.V"];

    /// <summary>The state after a trial.</summary>
    public MachineState Execute(Trial trial) => Execute(trial.Word, trial.Before);

    protected override void Load(Vcpu vcpu, MachineState state)
    {
        state.Memory.CopyTo(Scratch(MachineState.ScratchSize));
        for (int i = 0; i < 31; i++)
        {
            vcpu.SetRegister($"X{i}", state[i]);
        }

        for (int i = 0; i < 32; i++)
        {
            state.Vector(i).CopyTo(vcpu.RegisterBytes($"V{i}"));
        }

        vcpu.SetRegister("SP", state.Sp);
        for (int i = 0; i < 4; i++)
        {
            vcpu.SetRegister(s_flags[i], state.Nzcv >> (31 - i) & 1);
        }

        vcpu.SetRegister("FPCR", state.Fpcr);
        vcpu.SetRegister("FPSR", state.Fpsr);
        GuestState.Layout.FpEnvironment!.Load(vcpu.Env);
    }

    protected override MachineState Capture(Vcpu vcpu, ulong signal)
    {
        var state = new MachineState { Signal = signal };
        for (int i = 0; i < 31; i++)
        {
            state[i] = vcpu.GetRegister($"X{i}");
        }

        for (int i = 0; i < 32; i++)
        {
            vcpu.RegisterBytes($"V{i}").CopyTo(state.Vector(i));
        }

        state.Sp = vcpu.GetRegister("SP");
        for (int i = 0; i < 4; i++)
        {
            state.Nzcv |= vcpu.GetRegister(s_flags[i]) << (31 - i);
        }

        GuestState.Layout.FpEnvironment!.Store(vcpu.Env);
        state.Fpcr = vcpu.GetRegister("FPCR");
        state.Fpsr = vcpu.GetRegister("FPSR");
        Scratch(MachineState.ScratchSize).CopyTo(state.Memory);
        return state;
    }
}
