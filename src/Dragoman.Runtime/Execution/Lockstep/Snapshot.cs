using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>A copy of the guest's state and of what the header keeps for it.</summary>
internal sealed unsafe class Snapshot
{
    private readonly byte[] _state;
    private readonly VcpuHeader _header;

    private Snapshot(byte[] state, VcpuHeader header)
    {
        _state = state;
        _header = header;
    }

    /// <summary>The guest's registers, from <see cref="VcpuHeader.GuestState"/> on.</summary>
    public ReadOnlySpan<byte> State => _state;

    /// <summary>The header.</summary>
    public ref readonly VcpuHeader Header => ref _header;

    public static Snapshot Take(Vcpu vcpu)
    {
        var length = vcpu.Machine.Guest.StateSize - VcpuHeader.GuestState;
        return new Snapshot(new ReadOnlySpan<byte>(vcpu.Env + VcpuHeader.GuestState, length).ToArray(), *vcpu.Header);
    }

    public void Restore(Vcpu vcpu)
    {
        _state.CopyTo(new Span<byte>(vcpu.Env + VcpuHeader.GuestState, _state.Length));
        var header = vcpu.Header;
        header->Exception = _header.Exception;
        header->ExceptionAfter = _header.ExceptionAfter;
        header->ExceptionArg = _header.ExceptionArg;
        header->FaultGuestAddress = _header.FaultGuestAddress;
        header->HostSignal = _header.HostSignal;
        header->ExclusiveAddress = _header.ExclusiveAddress;
        header->ExclusiveValue0 = _header.ExclusiveValue0;
        header->ExclusiveValue1 = _header.ExclusiveValue1;
        header->ExclusiveSize = _header.ExclusiveSize;
        header->ExclusiveGeneration = _header.ExclusiveGeneration;
        header->ExclusivePc = _header.ExclusivePc;
        header->Fp = _header.Fp;
    }
}
