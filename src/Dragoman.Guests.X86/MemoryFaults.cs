using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Guests.X86;

/// <summary>
/// What the processor makes of a fault of data memory (Intel SDM 3A, 4.7 and 6.15): a load that asks for writing, since the instruction stores there again, is
/// a write; an address that is not canonical is no page fault, but #SS where the stack segment is used, else #GP. A gather is done again a lane at a time,
/// so that the fault finds what lies below it done (2A, VPGATHERDD).
/// </summary>
internal static unsafe class MemoryFaults
{
    private const int StackFault = 12, VectorShift = 16, Leave = 0xC9, StackPointer = 4, BasePointer = 5;

    // WATCH.LANES of the description.
    private const uint Lanes = 1 << 2;

    // As far from RSP as PUSH, CALL, ENTER and their like reach.
    private const ulong StackReach = 0x1_0000;

    public static GuestException Explain(in GuestException fault, ReadOnlySpan<byte> code, byte* env)
    {
        Decoder.Decode(code, GuestState.TbState(env), out Instruction insn);
        if (insn.Id != InsnId.Undefined && StaticFunctions.is_gather(in insn))
        {
            ref uint watch = ref *(uint*)(env + GuestState.WATCH);
            watch ^= Lanes;
            if ((watch & Lanes) != 0)
            {
                return default;
            }
        }

        if (insn.code64 != 0 && !IsCanonical(fault.Address))
        {
            ulong vector = IsOnStack(in insn, fault.Address, env) ? (ulong)StackFault << VectorShift : 0;
            return new GuestException(ExceptionKind.GuestTrap, vector, 0, fault.Access, 0, 0, After: false);
        }

        return fault.Access == GuestAccess.Read && Decoder.UpdatesMemory(in insn) ? fault with { Access = GuestAccess.Write } : fault;
    }

    // Of an operand the base register tells (1, 3.7.4; in 64-bit mode only FS and GS override), of what has none that it is RSP that points there.
    private static bool IsOnStack(in Instruction insn, ulong address, byte* env)
    {
        bool isNearStack = address - *(ulong*)(env + GuestState.GPR + StackPointer * sizeof(ulong)) + StackReach < 2 * StackReach;
        bool hasBase = HasMemory(in insn) && StaticFunctions.has_base(in insn) && insn.seg == 0;
        return isNearStack || hasBase && StaticFunctions.base_register(in insn) is StackPointer or BasePointer || !HasMemory(in insn) && insn.opcode == Leave && insn.map == 0;
    }

    private static bool HasMemory(in Instruction insn) => insn.Operand0.IsMemory || insn.Operand1.IsMemory || insn.Operand2.IsMemory;

    private static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;
}
