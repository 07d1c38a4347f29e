using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>
/// A guest's MMU for tests: a flat table of 8-byte entries in guest RAM. Bit 0 valid, 1 writable, 2 executable, 3 accessed, 4 dirty, 5 part of a naturally
/// aligned block of 16 pages; the physical page from bit 12 on. Mode 0 does not translate.
/// </summary>
internal sealed unsafe class TableMmu(RamBlock table) : IMmu
{
    public const ulong Valid = 1;
    public const ulong Writable = 2;
    public const ulong Executable = 4;
    public const ulong Accessed = 8;
    public const ulong Dirty = 16;
    public const ulong Block = 32;
    public const int BlockBits = 16;

    /// <summary>Set where a test wants watchpoints to stop the access.</summary>
    public bool StopsAtWatchpoints { get; set; }

    /// <summary>Watchpoint hits and bus faults, as text.</summary>
    public List<string> Events { get; } = [];

    public ref ulong EntryOf(ulong address) => ref ((ulong*)table.Host)[(address >> 12) % (table.Size / 8)];

    public bool Translate(SystemVcpu vcpu, ulong address, GuestAccess access, int mode, out MmuTranslation translation)
    {
        translation = default;
        if (mode == 0)
        {
            translation = new MmuTranslation(address, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute, 12);
            return true;
        }

        ref var slot = ref EntryOf(address);
        while (true)
        {
            var entry = Volatile.Read(ref slot);
            var isWrite = access == GuestAccess.Write;
            if ((entry & Valid) == 0 || (isWrite && (entry & Writable) == 0))
            {
                vcpu.Header->Exception = ExceptionKind.MemoryFault;
                vcpu.Header->FaultGuestAddress = address;
                return false;
            }

            var updated = entry | Accessed | (isWrite ? Dirty : 0);
            if (updated != entry && Interlocked.CompareExchange(ref slot, updated, entry) != entry)
            {
                continue;
            }

            var protection = GuestProtection.Read
                | ((updated & Dirty) != 0 && (entry & Writable) != 0 ? GuestProtection.Write : 0)
                | ((entry & Executable) != 0 ? GuestProtection.Execute : 0);
            var pageBits = (entry & Block) != 0 ? BlockBits : 12;
            translation = new MmuTranslation((entry & ~0xFFFUL) | (address & 0xFFF), protection, pageBits);
            return true;
        }
    }

    public void BusFault(SystemVcpu vcpu, ulong address, ulong physical, GuestAccess access, int mode)
    {
        Events.Add($"bus {access} {address:x} {physical:x}");
        vcpu.Header->Exception = ExceptionKind.GuestTrap;
    }

    public bool WatchpointHit(SystemVcpu vcpu, Watchpoint watchpoint, ulong address, GuestAccess access)
    {
        Events.Add($"watch {access} {address:x}");
        if (StopsAtWatchpoints)
        {
            vcpu.Header->Exception = ExceptionKind.Breakpoint;
        }

        return StopsAtWatchpoints;
    }
}
