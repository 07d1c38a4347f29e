using Dragoman.Guests.Alpha;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Backends;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Executes trials of Alpha.</summary>
public sealed unsafe class AlphaMachine(ITcgBackend backend)
    : WitnessMachine<AlphaState>(AlphaGuest.Instance, backend, AlphaState.Slot, AlphaState.Scratch, 0x83)
{
    /// <summary>The state after a trial.</summary>
    public AlphaState Run(uint word, AlphaState before) => Execute(word, before);

    protected override void Load(Vcpu vcpu, AlphaState state)
    {
        state.Memory.CopyTo(Scratch(AlphaState.ScratchSize));
        for (int i = 0; i < 31; i++)
        {
            vcpu.SetRegister($"R{i}", state[i]);
            vcpu.SetRegister($"F{i}", state[AlphaState.FirstFloat + i]);
        }

        // As witness-alpha.S sets it: Linux's control word and FPCR say the same, unless a program writes FPCR by hand.
        ulong disabled = state[AlphaState.Fpcr];
        vcpu.SetRegister("IEEE_SWCR", ~((disabled >> 49 & 7) << 1 | (disabled >> 61 & 3) << 4) & 0x3E);
        vcpu.SetRegister("FPCR", state[AlphaState.Fpcr]);
        GuestState.Layout.FpEnvironment!.Load(vcpu.Env);
    }

    protected override AlphaState Capture(Vcpu vcpu, ulong signal)
    {
        var state = new AlphaState(new byte[AlphaState.Size]);
        for (int i = 0; i < 31; i++)
        {
            state[i] = vcpu.GetRegister($"R{i}");
            state[AlphaState.FirstFloat + i] = vcpu.GetRegister($"F{i}");
        }

        GuestState.Layout.FpEnvironment!.Store(vcpu.Env);
        state[AlphaState.Fpcr] = vcpu.GetRegister("FPCR");
        state[AlphaState.Signal] = signal;
        Scratch(AlphaState.ScratchSize).CopyTo(state.Memory);
        return state;
    }
}
