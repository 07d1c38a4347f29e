using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.X86;

/// <summary>Where the registers that user mode needs are in the vCPU block, found once by the manual's names. Both modes have the same block.</summary>
internal sealed unsafe class X86Registers
{
    /// <summary>General registers by number (Intel SDM 2A, table 2-2).</summary>
    public const int Ax = 0, Cx = 1, Dx = 2, Bx = 3, Sp = 4, Bp = 5, Si = 6, Di = 7;

    /// <summary>Segment registers by number.</summary>
    public const int Es = 0, Cs = 1, Ss = 2, Ds = 3, Fs = 4, Gs = 5;

    /// <summary>Flags of <see cref="GetFlags"/> that are always as they are in user mode: IF and the bit that is 1.</summary>
    private const ulong FixedFlags = 0x202;

    /// <summary>The flags that no arithmetic sets and user mode can: DF, NT, ID; and TF and AC, which are in a register of their own.</summary>
    private const ulong ControlFlags = 0x204400, Direction = 0x400;

    private const int TrapBit = 8, AlignmentBit = 18;
    private const uint Trap = 1, Alignment = 2;

    private static readonly string[] s_general =
        ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];

    private static readonly string[] s_segments = ["ES", "CS", "SS", "DS", "FS", "GS"];

    private static readonly (string Name, int Bit)[] s_status = [("CF", 0), ("PF", 2), ("AF", 4), ("ZF", 6), ("SF", 7), ("OF", 11)];

    private readonly int[] _general;
    private readonly int[] _segments;
    private readonly GuestRegister[] _status;
    private readonly int _pc;
    private readonly int _control;
    private readonly int _watch;
    private readonly int _fsBase;
    private readonly int _gsBase;

    public X86Registers(IGuest guest)
    {
        var byName = guest.Registers.ToDictionary(register => register.Name, StringComparer.Ordinal);
        _general = Offsets(s_general);
        _segments = Offsets(s_segments);
        _status = new GuestRegister[s_status.Length];
        for (var i = 0; i < _status.Length; i++)
        {
            _status[i] = byName["EFLAGS." + s_status[i].Name];
        }

        _pc = guest.PcOffset;
        _control = byName["CONTROL"].Offset;
        _watch = byName["WATCH"].Offset;
        _fsBase = byName["FS_BASE"].Offset;
        _gsBase = byName["GS_BASE"].Offset;
        Float = new X86FloatRegisters(guest, byName);

        int[] Offsets(string[] names)
        {
            var offsets = new int[names.Length];
            for (var i = 0; i < offsets.Length; i++)
            {
                offsets[i] = byName[names[i]].Offset;
            }

            return offsets;
        }
    }

    /// <summary>x87 and SSE.</summary>
    public X86FloatRegisters Float { get; }

    public ref ulong R(Vcpu vcpu, int index) => ref *(ulong*)(vcpu.Env + _general[index]);

    public ref ulong Pc(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _pc);

    public ref ushort Segment(Vcpu vcpu, int index) => ref *(ushort*)(vcpu.Env + _segments[index]);

    public ref ulong FsBase(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _fsBase);

    public ref ulong GsBase(Vcpu vcpu) => ref *(ulong*)(vcpu.Env + _gsBase);

    /// <summary>RFLAGS, with IF set as the kernel has it in user mode.</summary>
    public ulong GetFlags(Vcpu vcpu)
    {
        var flags = FixedFlags | (*(ulong*)(vcpu.Env + _control) & ControlFlags) | (ulong)(Watch(vcpu) & Trap) << TrapBit | (ulong)(Watch(vcpu) >> 1 & Trap) << AlignmentBit;
        for (var i = 0; i < _status.Length; i++)
        {
            flags |= Status(vcpu, i) << s_status[i].Bit;
        }

        return flags;
    }

    /// <summary>Whether AC asks for every access to be aligned.</summary>
    public bool ChecksAlignment(Vcpu vcpu) => (Watch(vcpu) & Alignment) != 0;

    /// <summary>Sets what sigreturn restores of them (FIX_EFLAGS, arch/x86/include/asm/sighandling.h): NT and ID stay.</summary>
    public void SetFlags(Vcpu vcpu, ulong flags)
    {
        ref var control = ref *(ulong*)(vcpu.Env + _control);
        control = (control & ~Direction) | (flags & Direction);
        Watch(vcpu) = (uint)(flags >> TrapBit) & Trap | ((uint)(flags >> AlignmentBit) & Trap) << 1;
        for (var i = 0; i < _status.Length; i++)
        {
            SetStatus(vcpu, i, (flags >> s_status[i].Bit) & 1);
        }
    }

    /// <summary>Clears DF and TF and the floating-point state, as the kernel does before a signal handler.</summary>
    public void EnterHandler(Vcpu vcpu)
    {
        *(ulong*)(vcpu.Env + _control) &= ~Direction;
        Watch(vcpu) &= ~Trap;
        Float.Clear(vcpu);
    }

    private ref uint Watch(Vcpu vcpu) => ref *(uint*)(vcpu.Env + _watch);

    private ulong Status(Vcpu vcpu, int index) => (_status[index].Size switch
    {
        1 => vcpu.Env[_status[index].Offset],
        4 => *(uint*)(vcpu.Env + _status[index].Offset),
        _ => *(ulong*)(vcpu.Env + _status[index].Offset),
    }) & 1;

    private void SetStatus(Vcpu vcpu, int index, ulong value)
    {
        var place = vcpu.Env + _status[index].Offset;
        switch (_status[index].Size)
        {
            case 1:
                *place = (byte)value;
                break;
            case 4:
                *(uint*)place = (uint)value;
                break;
            default:
                *(ulong*)place = value;
                break;
        }
    }
}
