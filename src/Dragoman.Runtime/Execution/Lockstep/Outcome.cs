using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>What one engine has made of a TB.</summary>
/// <param name="Exit">A <see cref="TbExit"/>; a slot's address counts as a lookup, since it says no more than the PC does.</param>
/// <param name="State">The state then.</param>
/// <param name="Memory">Each byte of guest memory that it has written, before and after.</param>
internal sealed record Outcome(nint Exit, Snapshot State, IReadOnlyDictionary<ulong, (byte Old, byte Now)> Memory)
{
    /// <summary>Names all differences; empty when there is none.</summary>
    public List<string> Differences(Outcome other, Vcpu vcpu)
    {
        List<string> found = [];
        if (Exit != other.Exit)
        {
            found.Add($"the exit: {Name(Exit)}, {Name(other.Exit)}");
        }
        else if (Exit == TbExit.Exception && Exception(State.Header, vcpu) is var mine && Exception(other.State.Header, vcpu) is var theirs && mine != theirs)
        {
            found.Add($"the exception: {mine}, {theirs}");
        }

        CompareRegisters(other, vcpu, found);
        ref readonly var a = ref State.Header;
        ref readonly var b = ref other.State.Header;
        if (!MemoryMarshal.AsBytes(new ReadOnlySpan<FpStatus>(in a.Fp)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<FpStatus>(in b.Fp))))
        {
            found.Add($"the floating-point status: {a.Fp.Exceptions}, {b.Fp.Exceptions}");
        }

        if (a.ExclusiveAddress != b.ExclusiveAddress || a.ExclusiveSize != b.ExclusiveSize)
        {
            found.Add($"the exclusive monitor: {a.ExclusiveAddress:x} of {a.ExclusiveSize} bytes, {b.ExclusiveAddress:x} of {b.ExclusiveSize} bytes");
        }

        foreach (var address in Memory.Keys.Union(other.Memory.Keys).Order())
        {
            // What an engine did not write still has the value that the other found there.
            var mineNow = Memory.TryGetValue(address, out var my) ? my.Now : other.Memory[address].Old;
            var theirNow = other.Memory.TryGetValue(address, out var their) ? their.Now : my.Old;
            if (mineNow != theirNow)
            {
                found.Add($"memory at {address:x}: {mineNow:x2}, {theirNow:x2}");
            }
        }

        return found;
    }

    private void CompareRegisters(Outcome other, Vcpu vcpu, List<string> found)
    {
        foreach (var register in vcpu.Machine.Guest.Registers)
        {
            if (register.Offset < VcpuHeader.GuestState)
            {
                continue;
            }

            var mine = State.State.Slice(register.Offset - VcpuHeader.GuestState, register.Size);
            var theirs = other.State.State.Slice(register.Offset - VcpuHeader.GuestState, register.Size);
            if (!mine.SequenceEqual(theirs))
            {
                found.Add($"{register.Name}: {Digits(mine)}, {Digits(theirs)}");
            }
        }

        if (found.Count == 0 && !State.State.SequenceEqual(other.State.State))
        {
            found.Add($"the state block at offset {State.State.CommonPrefixLength(other.State.State) + VcpuHeader.GuestState}");
        }
    }

    private static string Exception(in VcpuHeader header, Vcpu vcpu) => header.HostSignal != 0
        ? $"host signal {header.HostSignal} code {header.HostSignalCode} at guest {(vcpu.Machine.Memory.TryToGuest(header.HostFaultAddress, out var address) ? address : header.HostFaultAddress):x}"
        : $"{header.Exception} {header.ExceptionArg:x}{(header.ExceptionAfter != 0 ? " after it" : "")}";

    private static string Name(nint exit) => exit switch
    {
        TbExit.Lookup => "goes on",
        TbExit.Exception => "an exception",
        _ => exit.ToString(),
    };

    private static string Digits(ReadOnlySpan<byte> value)
    {
        var bytes = value.ToArray();
        Array.Reverse(bytes);
        return Convert.ToHexString(bytes).ToLowerInvariant();
    }
}
