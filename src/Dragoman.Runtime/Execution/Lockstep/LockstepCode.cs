using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>One TB on every engine.</summary>
internal sealed unsafe class LockstepCode(IReadOnlyList<ITcgBackend> engines, TbCode[] codes, ulong pc, string ops) : TbCode
{
    public override nint EntryPoint => 0;

    public override int Size => codes.Sum(code => code.Size);

    public override string? Dump() => string.Concat(engines.Zip(codes, (engine, code) => $"{engine.Name}:\n{code.Dump()}\n"));

    public override nint Execute(byte* env)
    {
        var vcpu = Vcpu.FromEnv(env);
        var before = Snapshot.Take(vcpu);
        var first = RunOne(vcpu, 0);
        for (var i = 1; i < codes.Length && first.Exit != TbExit.Requested; i++)
        {
            StoreLog.Current.Undo(vcpu.Machine.Memory);
            before.Restore(vcpu);
            var other = RunOne(vcpu, i);
            if (other.Exit == TbExit.Requested)
            {
                first = other;
            }
            else if (first.Difference(other, vcpu) is { } difference)
            {
                throw new LockstepException(Report(vcpu, before, first, other, engines[i].Name, difference));
            }
        }

        if (first.Exit == TbExit.Requested)
        {
            // A request came while an engine ran, which may have stopped in the middle: none of it has happened.
            StoreLog.Current.Undo(vcpu.Machine.Memory);
            before.Restore(vcpu);
            return TbExit.Requested;
        }

        return first.Exit;
    }

    private Outcome RunOne(Vcpu vcpu, int engine)
    {
        StoreLog.Current.Clear();
        nint exit;
        try
        {
            exit = codes[engine].Execute(vcpu.Env);
        }
        catch (NullReferenceException) when (vcpu.Header->HostSignal != 0)
        {
            exit = TbExit.Exception;
        }

        // A slot says no more than the PC does, and not every backend names it when TBs are not chained.
        return new Outcome(
            (nuint)exit >= (nuint)TbExit.FirstSlot ? TbExit.Lookup : exit, Snapshot.Take(vcpu), StoreLog.Current.ReadNow(vcpu.Machine.Memory));
    }

    private string Report(Vcpu vcpu, Snapshot before, Outcome first, Outcome other, string name, string difference)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"lockstep: {engines[0].Name} and {name} differ in {difference}\n");
        text.Append(CultureInfo.InvariantCulture, $"TB at {pc:x}:\n");
        var code = new byte[vcpu.Machine.Guest.MaxInstructionLength];
        for (var at = pc; vcpu.Machine.Cache.Table.Find(pc, vcpu.Machine.Guest.GetTbFlags(vcpu.Env)) is { } tb && at < tb.End;)
        {
            var line = new StringBuilder();
            tb.Source.AsSpan((int)(at - pc)).CopyTo(code = new byte[tb.Source.Length - (int)(at - pc)]);
            var length = vcpu.Machine.Guest.Disassemble(code, at, line);
            text.Append(CultureInfo.InvariantCulture, $"  {at:x}: {line}\n");
            at += (ulong)Math.Max(1, length);
        }

        before.Restore(vcpu);
        text.Append("before:\n").Append(vcpu.DumpRegisters());
        first.State.Restore(vcpu);
        text.Append(CultureInfo.InvariantCulture, $"\n{engines[0].Name}: exit {first.Exit}\n{vcpu.DumpRegisters()}");
        other.State.Restore(vcpu);
        text.Append(CultureInfo.InvariantCulture, $"\n{name}: exit {other.Exit}\n{vcpu.DumpRegisters()}\nops:\n{ops}");
        return text.ToString();
    }

    /// <summary>The guest's state and what the header keeps for it.</summary>
    private sealed class Snapshot
    {
        private readonly byte[] _state;
        private readonly VcpuHeader _header;

        private Snapshot(byte[] state, VcpuHeader header)
        {
            _state = state;
            _header = header;
        }

        public ReadOnlySpan<byte> State => _state;

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
            header->Fp = _header.Fp;
        }
    }

    /// <summary>What one engine has made of the TB.</summary>
    private sealed record Outcome(nint Exit, Snapshot State, List<(ulong Address, byte[] Now)> Memory)
    {
        /// <summary>Names the first difference, or null.</summary>
        public string? Difference(Outcome other, Vcpu vcpu)
        {
            if (Exit != other.Exit)
            {
                return $"the exit: {Exit}, {other.Exit}";
            }

            ref readonly var a = ref State.Header;
            ref readonly var b = ref other.State.Header;
            if (Exit == TbExit.Exception)
            {
                var isSame = a.HostSignal == b.HostSignal
                    && (a.HostSignal != 0
                        ? a.HostFaultAddress == b.HostFaultAddress && a.HostSignalCode == b.HostSignalCode
                        : a.Exception == b.Exception && a.ExceptionAfter == b.ExceptionAfter && a.ExceptionArg == b.ExceptionArg);
                if (!isSame)
                {
                    return $"the exception: {a.Exception} {a.ExceptionArg:x} signal {a.HostSignal} at {a.HostFaultAddress:x}, {b.Exception} {b.ExceptionArg:x} signal {b.HostSignal} at {b.HostFaultAddress:x}";
                }
            }

            foreach (var register in vcpu.Machine.Guest.Registers)
            {
                if (register.Offset >= VcpuHeader.GuestState
                    && !State.State.Slice(register.Offset - VcpuHeader.GuestState, register.Size)
                        .SequenceEqual(other.State.State.Slice(register.Offset - VcpuHeader.GuestState, register.Size)))
                {
                    return register.Name;
                }
            }

            if (!State.State.SequenceEqual(other.State.State))
            {
                var at = State.State.CommonPrefixLength(other.State.State) + VcpuHeader.GuestState;
                return $"the state block at offset {at}";
            }

            if (!MemoryMarshal.AsBytes(new ReadOnlySpan<FpStatus>(in a.Fp)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<FpStatus>(in b.Fp))))
            {
                return $"the floating-point status: {a.Fp.Exceptions}, {b.Fp.Exceptions}";
            }

            if (a.ExclusiveAddress != b.ExclusiveAddress || a.ExclusiveSize != b.ExclusiveSize)
            {
                return "the exclusive monitor";
            }

            if (Memory.Count != other.Memory.Count)
            {
                return $"the number of stores: {Memory.Count}, {other.Memory.Count}";
            }

            for (var i = 0; i < Memory.Count; i++)
            {
                if (Memory[i].Address != other.Memory[i].Address || !Memory[i].Now.AsSpan().SequenceEqual(other.Memory[i].Now))
                {
                    return $"memory at {Memory[i].Address:x}: {Convert.ToHexString(Memory[i].Now)}, at {other.Memory[i].Address:x}: {Convert.ToHexString(other.Memory[i].Now)}";
                }
            }

            return null;
        }
    }
}
