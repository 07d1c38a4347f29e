using System.Buffers.Binary;
using Dragoman.Linux.Abi.X86;
using Dragoman.Linux.Host;
using Dragoman.Linux.Memory;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.I386;

/// <summary>
/// Thread-local storage of i386: three entries of the global descriptor table, whose bases a thread sets with struct user_desc and whose
/// selectors it loads into fs or gs (arch/x86/kernel/tls.c).
/// </summary>
internal sealed unsafe class I386Segments
{
    // GDT_ENTRY_TLS_MIN of a 64-bit kernel; and the process's data.
    private const int First = 12, Count = 3, DataEntry = 5;

    // Of a selector: the table, the privilege that is asked for, and where the entry's number begins (Intel SDM 3A, 3.4.2).
    private const int LocalTable = 4, SelectorShift = 3;
    private const ushort Privilege = 3;

    /// <summary>struct user_desc: entry_number, base_addr, limit, and the bits below.</summary>
    private const int DescriptorSize = 16;

    // seg_32bit, contents (2 bits), read_exec_only, limit_in_pages, seg_not_present, useable.
    private const uint Is32Bit = 1, Contents = 6, ReadOnly = 8, InPages = 16, NotPresent = 32, Usable = 64;

    /// <summary>What an unused entry is written and read as (LDT_empty). One of nothing but zeros is unused too (LDT_zero).</summary>
    private const uint Empty = ReadOnly | NotPresent;

    // What LAR shows: accessed, writable, the two bits of contents, no system segment of privilege 3, present; AVL, D, G (Intel SDM 3A, figure 3-8).
    private const uint Accessed = 0x100, Writable = 0x200, Process = 0x7000, Present = 0x8000, Available = 0x100000, Default32 = 0x400000, Granular = 0x800000;
    private const int ContentsShift = 9, LimitShift = 12, HighLimit = 0xF0000;
    private const uint PageRest = 0xFFF, LimitBits = 0xFFFFF;

    private readonly X86Registers _registers;
    private readonly int[] _bases;
    private readonly int[] _limits;
    private readonly int[] _rights;
    private readonly int _special;

    public I386Segments(IGuest guest)
    {
        _registers = new X86Registers(guest);
        _bases = Offsets("TLS_BASE");
        _limits = Offsets("TLS_LIMIT");
        _rights = Offsets("TLS_RIGHTS");
        _special = Offset("SPECIAL");

        int[] Offsets(string name) => [.. Enumerable.Range(0, Count).Select(i => Offset($"{name}{i}"))];
        int Offset(string name) => guest.Registers.First(register => register.Name == name).Offset;
    }

    /// <summary>set_thread_area(2): 0 or a negated errno.</summary>
    /// <param name="vcpu">Whose entry is set.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="address">struct user_desc.</param>
    /// <param name="mayChoose">Whether entry number -1 asks for a free entry, which is then stored.</param>
    public long Set(Vcpu vcpu, IUserMemory memory, ulong address, bool mayChoose)
    {
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        if (!memory.TryRead(address, descriptor))
        {
            return -Errno.EFAULT;
        }

        var number = BinaryPrimitives.ReadInt32LittleEndian(descriptor);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]);
        var isUnused = descriptor[4..12].IndexOfAnyExcept((byte)0) < 0 && flags is 0 or Empty;
        if (!isUnused && ((flags & Is32Bit) == 0 || (flags & Contents) > Contents / 2 || (flags & NotPresent) != 0))
        {
            return -Errno.EINVAL;
        }

        if (number == -1 && mayChoose)
        {
            var free = Array.FindIndex(_rights, offset => Word(vcpu, offset) == 0);
            if (free < 0)
            {
                return -Errno.ESRCH;
            }

            number = First + free;
            BinaryPrimitives.WriteInt32LittleEndian(descriptor, number);
            if (!memory.TryWrite(address, descriptor[..sizeof(int)]))
            {
                return -Errno.EFAULT;
            }
        }

        if (number is < First or >= First + Count)
        {
            return -Errno.EINVAL;
        }

        var limit = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]) & LimitBits;
        *(ulong*)(vcpu.Env + _bases[number - First]) = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]);
        Word(vcpu, _limits[number - First]) = isUnused ? 0 : (flags & InPages) != 0 ? limit << LimitShift | PageRest : limit;
        Word(vcpu, _rights[number - First]) = isUnused ? 0 : Rights(flags) | limit & HighLimit;
        Refresh(vcpu, number);
        return 0;
    }

    /// <summary>get_thread_area(2): 0 or a negated errno.</summary>
    public long Get(Vcpu vcpu, IUserMemory memory, ulong address)
    {
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        if (!memory.TryRead(address, descriptor))
        {
            return -Errno.EFAULT;
        }

        var number = BinaryPrimitives.ReadInt32LittleEndian(descriptor);
        if (number is < First or >= First + Count)
        {
            return -Errno.EINVAL;
        }

        var rights = Word(vcpu, _rights[number - First]);
        var limit = Word(vcpu, _limits[number - First]);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], (uint)*(ulong*)(vcpu.Env + _bases[number - First]));
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[8..], (rights & Granular) != 0 ? limit >> LimitShift : limit);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[12..], rights == 0 ? Empty : Flags(rights));
        return memory.TryWrite(address, descriptor) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Takes CS and SS from a signal frame; false for what a return to user mode would refuse, or would enter the other mode with.</summary>
    public bool RestoreCode(Vcpu vcpu, ushort code, ushort stack)
    {
        var isData = stack >> SelectorShift == DataEntry
            || stack >> SelectorShift is >= First and < First + Count && (Word(vcpu, _rights[(stack >> SelectorShift) - First]) & Writable) != 0;
        if (code >> SelectorShift != _registers.Segment(vcpu, X86Registers.Cs) >> SelectorShift || !isData || (stack & LocalTable) != 0)
        {
            return false;
        }

        _registers.Segment(vcpu, X86Registers.Ss) = (ushort)(stack | Privilege);
        return true;
    }

    /// <summary>Takes a data segment register from a signal frame, as reload_segments does: what is no such segment becomes null.</summary>
    public void Restore(Vcpu vcpu, int register, ushort selector)
    {
        const int Code32 = 4, Code64 = 6, Processor = 15;
        selector = selector <= Privilege ? selector : (ushort)(selector | Privilege);
        if (selector == _registers.Segment(vcpu, register))
        {
            return;
        }

        var entry = selector >> SelectorShift;
        var own = entry is >= First and < First + Count && Word(vcpu, _rights[entry - First]) != 0;
        var exists = (selector & LocalTable) == 0 && (own || entry is 0 or Code32 or DataEntry or Code64 or Processor);
        Load(vcpu, register, exists ? selector : (ushort)0);
    }

    /// <summary>The segments of a new program: flat ones, and in FS and GS none.</summary>
    public void Start(Vcpu vcpu)
    {
        _registers.Segment(vcpu, X86Registers.Cs) = I386LinuxAbi.CodeSegment;
        _registers.Segment(vcpu, X86Registers.Ss) = I386LinuxAbi.DataSegment;
        LoadFlat(vcpu);
        Load(vcpu, X86Registers.Fs, 0);
        Load(vcpu, X86Registers.Gs, 0);
    }

    /// <summary>Loads DS and ES as programs and signal handlers start with them.</summary>
    public void LoadFlat(Vcpu vcpu)
    {
        Load(vcpu, X86Registers.Ds, I386LinuxAbi.DataSegment);
        Load(vcpu, X86Registers.Es, I386LinuxAbi.DataSegment);
    }

    /// <summary>Segment registers that are loaded with the entry are loaded again: with null, if it is none any more.</summary>
    private void Refresh(Vcpu vcpu, int number)
    {
        foreach (var register in (ReadOnlySpan<int>)[X86Registers.Ds, X86Registers.Es, X86Registers.Fs, X86Registers.Gs])
        {
            if (_registers.Segment(vcpu, register) >> SelectorShift == number)
            {
                Load(vcpu, register, Word(vcpu, _rights[number - First]) == 0 ? (ushort)0 : _registers.Segment(vcpu, register));
            }
        }
    }

    /// <summary>Loads a data segment register with a selector that is null or one of a segment, as load_segment of the description does.</summary>
    private void Load(Vcpu vcpu, int register, ushort selector)
    {
        const uint ExpandDown = 0xC00, ExpandDownType = 0x400;
        _registers.Segment(vcpu, register) = selector;
        var own = selector >> SelectorShift is var entry and >= First and < First + Count ? entry - First : -1;
        var start = own < 0 ? 0 : *(ulong*)(vcpu.Env + _bases[own]);
        var rights = own < 0 ? 0 : Word(vcpu, _rights[own]);
        var isPointer = register is X86Registers.Fs or X86Registers.Gs;
        var isFlat = selector >> SelectorShift == DataEntry
            || (own >= 0 && (rights & Writable) != 0 && (rights & ExpandDown) != ExpandDownType && Word(vcpu, _limits[own]) == uint.MaxValue && (isPointer || start == 0));
        if (isPointer)
        {
            (register == X86Registers.Fs ? ref _registers.FsBase(vcpu) : ref _registers.GsBase(vcpu)) = start;
        }

        ref var special = ref Word(vcpu, _special);
        special = isFlat ? special & ~(1u << register) : special | 1u << register;
    }

    private static uint Rights(uint flags) =>
        Accessed | Process | Present | (flags & Contents) << ContentsShift | ((flags & ReadOnly) == 0 ? Writable : 0)
        | ((flags & Usable) != 0 ? Available : 0) | ((flags & Is32Bit) != 0 ? Default32 : 0) | ((flags & InPages) != 0 ? Granular : 0);

    private static uint Flags(uint rights) =>
        rights >> ContentsShift & Contents | ((rights & Writable) == 0 ? ReadOnly : 0) | ((rights & Available) != 0 ? Usable : 0)
        | ((rights & Default32) != 0 ? Is32Bit : 0) | ((rights & Granular) != 0 ? InPages : 0);

    private static ref uint Word(Vcpu vcpu, int offset) => ref *(uint*)(vcpu.Env + offset);
}
