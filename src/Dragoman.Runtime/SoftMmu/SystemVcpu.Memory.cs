using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>The guest's memory as the vCPU sees it, for those who answer its calls.</summary>
public sealed unsafe partial class SystemVcpu
{
    /// <summary>Copies RAM at guest addresses, as its software would now. On the vCPU's thread. False where the guest may not load, or a device answers; then part may have been copied.</summary>
    public bool TryReadMemory(ulong address, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Probe(address + (ulong)done, GuestAccess.Read, bytes.Length - done, out var count) is not { } host)
            {
                return false;
            }

            new ReadOnlySpan<byte>((void*)host.At, count).CopyTo(bytes[done..]);
            done += count;
        }

        return true;
    }

    /// <summary>Copies to RAM at guest addresses, as its software would now. On the vCPU's thread. False where the guest may not store, or no RAM answers; then part may have been copied.</summary>
    public bool TryWriteMemory(ulong address, ReadOnlySpan<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            if (Probe(address + (ulong)done, GuestAccess.Write, bytes.Length - done, out var count) is not { } host)
            {
                return false;
            }

            Machine.Memory.TryWrite(host.Physical, bytes.Slice(done, count));
            done += count;
        }

        return true;
    }

    private (nint At, ulong Physical)? Probe(ulong address, GuestAccess access, int wanted, out int count)
    {
        var page = 1UL << Header->TlbPageBits;
        count = (int)Math.Min((ulong)wanted, page - (address & (page - 1)));

        // A vCPU outside execution is not waited for when others flush: what its TLB has may be old. No TB is under way that could go on behind this.
        Tlb.FlushRange(address, 1, MmuModes.All, bits: 64);
        if (Tlb.TryProbe(address, access, SystemGuest.DataMode(this), out var hit) && hit.Section?.Ram is { } ram && !(access == GuestAccess.Write && ram.IsReadOnly))
        {
            return ((nint)address + (nint)hit.Addend, hit.Physical + (address & (page - 1)));
        }

        // Nobody raises what this access would have.
        Header->Exception = ExceptionKind.None;
        return null;
    }
}
