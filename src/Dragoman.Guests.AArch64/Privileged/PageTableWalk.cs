using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>Walks the tables of stage 1 (D8.2 to D8.5): granules of 4 and 64 KiB, 48-bit addresses, hardware management of access flag and dirty state.</summary>
internal readonly unsafe struct PageTableWalk
{
    private const ulong AddressMask = (1UL << TranslationControl.PhysicalBits) - 1;

    // Bits of descriptors (D8.3.1, D8.3.2).
    private const ulong Valid = 1;
    private const ulong IsTable = 2;
    private const ulong UserAccess = 1UL << 6;
    private const ulong ReadOnly = 1UL << 7;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong DirtyModifier = 1UL << 51;
    private const ulong PrivilegedNever = 1UL << 53;
    private const ulong UserNever = 1UL << 54;
    private const ulong TablePrivilegedNever = 1UL << 59;
    private const ulong TableUserNever = 1UL << 60;
    private const ulong TableNoUser = 1UL << 61;
    private const ulong TableReadOnly = 1UL << 62;

    private readonly PhysicalMemory _memory;
    private readonly CpuState _state;
    private readonly bool _isLookup;

    /// <param name="vcpu">Whose tables are walked.</param>
    /// <param name="isLookup">For an AT instruction, which stores nothing and so leaves the dirty state as it is (D8.5.4).</param>
    public PageTableWalk(SystemVcpu vcpu, bool isLookup = false)
    {
        _memory = vcpu.Machine.Memory;
        _state = new CpuState(vcpu.Env);
        _isLookup = isLookup;
    }

    /// <summary>Translates; false with the fault status.</summary>
    public bool TryTranslate(ulong address, GuestAccess access, bool isUser, out MmuTranslation translation, out uint status)
    {
        translation = default;
        var isHigh = (address >> 55 & 1) != 0;
        var control = new TranslationControl(_state[GuestState.TCR_EL1], isHigh);
        var isOn = (_state[GuestState.SCTLR_EL1] & 1) != 0;
        if (!isOn)
        {
            status = FaultStatus.AddressSize;
            var physical = control.IgnoresTopByte ? address & (ulong.MaxValue >> 8) : address;
            translation = new MmuTranslation(physical, GuestProtection.Read | GuestProtection.Write | GuestProtection.Execute, 12);
            return physical <= AddressMask;
        }

        status = FaultStatus.Translation;
        if (!control.IsValid || !IsCanonical(address, control, isHigh))
        {
            return false;
        }

        // A descriptor that changes while its flags are being set is read again, with all that leads to it.
        while (true)
        {
            if (Walk(address, control, isHigh, access, isUser, out translation, out status) is { } isDone)
            {
                return isDone;
            }
        }
    }

    private static bool IsCanonical(ulong address, in TranslationControl control, bool isHigh)
    {
        var upper = control.IgnoresTopByte ? (long)(address << 8) >> 8 : (long)address;
        return upper >> control.InputBits == (isHigh ? -1 : 0);
    }

    // Null: try again.
    private bool? Walk(ulong address, in TranslationControl control, bool isHigh, GuestAccess access, bool isUser, out MmuTranslation translation, out uint status)
    {
        translation = default;
        var inherited = 0UL;
        var level = control.FirstLevel;
        var indexBits = control.InputBits - control.ShiftOf(level);
        var table = _state[isHigh ? GuestState.TTBR1_EL1 : GuestState.TTBR0_EL1] & AddressMask & ~((8UL << indexBits) - 1);
        if (table >> control.OutputBits != 0)
        {
            status = FaultStatus.AddressSize;
            return false;
        }

        while (true)
        {
            var shift = control.ShiftOf(level);
            var slot = table + ((address >> shift & ((1UL << indexBits) - 1)) << 3);
            if (_memory.Find(slot) is not { Ram: { } ram } section)
            {
                status = FaultStatus.ExternalOnWalk | (uint)level;
                return false;
            }

            var offset = section.OffsetOf(slot);
            var place = (long*)(ram.Host + offset);
            var descriptor = (ulong)Volatile.Read(ref *place);
            status = FaultStatus.Translation | (uint)level;
            if ((descriptor & Valid) == 0)
            {
                return false;
            }

            if (level < 3 && (descriptor & IsTable) != 0)
            {
                inherited |= control.IgnoresHierarchy ? 0 : descriptor;
                table = descriptor & AddressMask & ~((1UL << control.GranuleBits) - 1);
                if (table >> control.OutputBits != 0)
                {
                    status = FaultStatus.AddressSize | (uint)level;
                    return false;
                }

                indexBits = control.GranuleBits - 3;
                level++;
                continue;
            }

            // Blocks: 1 GiB and 2 MiB of the small granule, 512 MiB of the large one. At level 3 the bit says that there is a page.
            if (level == 3 ? (descriptor & IsTable) == 0 : level < (control.GranuleBits == 12 ? 1 : 2))
            {
                return false;
            }

            return Finish(address, descriptor, inherited, control, level, access, isUser, ref translation, ref status, place, ram, offset);
        }
    }

    private bool? Finish(
        ulong address, ulong descriptor, ulong inherited, in TranslationControl control, int level, GuestAccess access, bool isUser,
        ref MmuTranslation translation, ref uint status, long* place, RamBlock ram, ulong offset)
    {
        var pageBits = control.ShiftOf(level);
        var inPage = (1UL << pageBits) - 1;
        var output = descriptor & AddressMask & ~inPage;
        if (output >> control.OutputBits != 0)
        {
            status = FaultStatus.AddressSize | (uint)level;
            return false;
        }

        var updated = descriptor;
        if ((descriptor & AccessFlag) == 0)
        {
            if (!control.SetsAccessFlag)
            {
                status = FaultStatus.AccessFlag | (uint)level;
                return false;
            }

            updated |= AccessFlag;
        }

        // Writable-clean (D8.5.4): the first store makes it writable-dirty, if everything else allows it.
        var judged = updated;
        if (access == GuestAccess.Write && control.SetsDirtyState && (descriptor & (DirtyModifier | ReadOnly)) == (DirtyModifier | ReadOnly))
        {
            judged &= ~ReadOnly;
            updated = _isLookup ? updated : judged;
        }

        var protection = ProtectionOf(judged, inherited, isUser);
        if ((protection & access.Needs()) == 0)
        {
            status = FaultStatus.Permission | (uint)level;
            return false;
        }

        if (updated != descriptor)
        {
            if (Interlocked.CompareExchange(ref *place, (long)updated, (long)descriptor) != (long)descriptor)
            {
                return null;
            }

            _memory.NoteWrite(ram, offset, sizeof(long));
        }

        translation = new MmuTranslation(output | (address & inPage), protection, pageBits, (uint)(descriptor >> 2 & 7) | (uint)(descriptor >> 8 & 3) << 8);
        return true;
    }

    // D8.4.1: AP, PXN, UXN and WXN, with what tables take away.
    private GuestProtection ProtectionOf(ulong descriptor, ulong inherited, bool isUser)
    {
        var isForUser = (descriptor & UserAccess) != 0 && (inherited & TableNoUser) == 0;
        var isWritable = (descriptor & ReadOnly) == 0 && (inherited & TableReadOnly) == 0;
        var isNever = isUser
            ? (descriptor & UserNever) != 0 || (inherited & TableUserNever) != 0
            : (descriptor & PrivilegedNever) != 0 || (inherited & TablePrivilegedNever) != 0 || (isForUser && isWritable);
        var canStore = isWritable && (!isUser || isForUser);
        var noExecuteIfWritable = (_state[GuestState.SCTLR_EL1] >> 19 & 1) != 0;
        return (!isUser || isForUser ? GuestProtection.Read : 0)
            | (canStore ? GuestProtection.Write : 0)
            | (isNever || (canStore && noExecuteIfWritable) ? 0 : GuestProtection.Execute);
    }
}
