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
    // GDT_ENTRY_TLS_MIN of a 64-bit kernel.
    private const int First = 12, Count = 3;

    /// <summary>struct user_desc: entry_number, base_addr, limit, and the bits below.</summary>
    private const int DescriptorSize = 16;

    // seg_32bit, contents, read_exec_only, limit_in_pages, seg_not_present, useable.
    private const uint Is32Bit = 1, ReadOnly = 8, InPages = 16, NotPresent = 32, Usable = 64;

    /// <summary>What an unused entry is written and read as (LDT_empty).</summary>
    private const uint Empty = ReadOnly | NotPresent;

    private readonly X86Registers _registers;
    private readonly int[] _bases;

    public I386Segments(IGuest guest)
    {
        _registers = new X86Registers(guest);
        _bases = [.. Enumerable.Range(0, Count).Select(i => guest.Registers.First(register => register.Name == $"TLS_BASE{i}").Offset)];
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
        if (number == -1 && mayChoose)
        {
            number = First + Math.Max(0, Array.FindIndex(_bases, offset => *(ulong*)(vcpu.Env + offset) == 0));
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

        *(ulong*)(vcpu.Env + _bases[number - First]) = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]);
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

        var start = (uint)*(ulong*)(vcpu.Env + _bases[number - First]);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[8..], start == 0 ? 0 : 0xFFFFFU);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[12..], start == 0 ? Empty : Is32Bit | InPages | Usable);
        return memory.TryWrite(address, descriptor) ? 0 : -Errno.EFAULT;
    }

    /// <summary>A segment register that is loaded with the entry has its new base at once.</summary>
    private void Refresh(Vcpu vcpu, int number)
    {
        var start = *(ulong*)(vcpu.Env + _bases[number - First]);
        if (_registers.Segment(vcpu, X86Registers.Fs) >> 3 == number)
        {
            _registers.FsBase(vcpu) = start;
        }

        if (_registers.Segment(vcpu, X86Registers.Gs) >> 3 == number)
        {
            _registers.GsBase(vcpu) = start;
        }
    }
}
