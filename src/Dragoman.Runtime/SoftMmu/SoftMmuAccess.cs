using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.SoftMmu;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>Accesses that translated code does not do inline: misses, devices, watched and tracked pages, accesses that lie across pages.</summary>
internal static unsafe class SoftMmuAccess
{
    /// <summary>What every vCPU's block points to. Never freed.</summary>
    public static readonly SoftMmuCalls* Calls = CreateCalls();

    private static SoftMmuCalls* CreateCalls()
    {
        var calls = (SoftMmuCalls*)NativeMemory.Alloc((nuint)sizeof(SoftMmuCalls));
        calls->Load = &Load;
        calls->Store = &Store;
        calls->Place = &Place;
        return calls;
    }

    private static int Load(nint env, ulong address, uint memop)
    {
        var header = (VcpuHeader*)env;

        // Host faults in here are ours, not the guest's.
        var inTranslatedCode = header->InTranslatedCode;
        Volatile.Write(ref header->InTranslatedCode, 0);
        var done = Load(SystemVcpu.FromEnv((byte*)env), address, (MemOp)memop);
        Volatile.Write(ref header->InTranslatedCode, inTranslatedCode);
        return done ? 1 : 0;
    }

    private static int Store(nint env, ulong address, uint memop)
    {
        var header = (VcpuHeader*)env;
        var inTranslatedCode = header->InTranslatedCode;
        Volatile.Write(ref header->InTranslatedCode, 0);
        var done = Store(SystemVcpu.FromEnv((byte*)env), address, (MemOp)memop);
        Volatile.Write(ref header->InTranslatedCode, inTranslatedCode);
        return done ? 1 : 0;
    }

    private static nint Place(nint env, ulong address, uint memop, int use)
    {
        var header = (VcpuHeader*)env;
        var inTranslatedCode = header->InTranslatedCode;
        Volatile.Write(ref header->InTranslatedCode, 0);
        var host = Place(SystemVcpu.FromEnv((byte*)env), address, (MemOp)memop, (PlaceUse)use);
        Volatile.Write(ref header->InTranslatedCode, inTranslatedCode);
        return host;
    }

    private static bool Load(SystemVcpu vcpu, ulong address, MemOp op)
    {
        var size = 1 << (int)(op & MemOp.SizeMask);
        var mode = SoftMmuLookup.Mode(op);
        var bytes = (byte*)&vcpu.Header->Scratch0;
        if (!IsAligned(vcpu, address, op, GuestAccess.Read))
        {
            return false;
        }

        var inFirst = BytesInPage(vcpu, address, size);
        if (!vcpu.Tlb.TryProbe(address, GuestAccess.Read, mode, out var first) || !MayMisalign(vcpu, first, address, op, GuestAccess.Read))
        {
            return false;
        }

        if (inFirst < size)
        {
            // Both pages are known to answer before a device is asked.
            return vcpu.Tlb.TryProbe(address + (ulong)inFirst, GuestAccess.Read, mode, out var second)
                && MayMisalign(vcpu, second, address, op, GuestAccess.Read)
                && LoadBytes(vcpu, first, address, inFirst, mode, bytes)
                && LoadBytes(vcpu, second, address + (ulong)inFirst, size - inFirst, mode, bytes + inFirst)
                && Finish(bytes, op);
        }

        return LoadWhole(vcpu, first, address, size, mode, bytes) && Finish(bytes, op);
    }

    private static bool LoadBytes(SystemVcpu vcpu, in TlbHit hit, ulong address, int count, int mode, byte* bytes)
    {
        for (var i = 0; i < count; i++)
        {
            if (!LoadWhole(vcpu, hit, address + (ulong)i, 1, mode, bytes + i))
            {
                return false;
            }
        }

        return true;
    }

    private static bool LoadWhole(SystemVcpu vcpu, in TlbHit hit, ulong address, int size, int mode, byte* bytes)
    {
        if (hit.IsSlow)
        {
            if (vcpu.Tlb.HitsWatchpoint(address, size, GuestAccess.Read))
            {
                return false;
            }

            if (hit.Section?.Ram is null)
            {
                return LoadDevice(vcpu, hit, address, size, mode, bytes);
            }
        }

        Copy((byte*)address + hit.Addend, bytes, size);
        return true;
    }

    private static bool LoadDevice(SystemVcpu vcpu, in TlbHit hit, ulong address, int size, int mode, byte* bytes)
    {
        var physical = PhysicalOf(vcpu, hit, address);
        if (hit.Section?.Device is not { } device)
        {
            vcpu.Machine.Mmu.BusFault(vcpu, address, physical, GuestAccess.Read, mode);
            return false;
        }

        vcpu.Machine.BigLock.Enter();
        try
        {
            var offset = physical - hit.Section.Start;
            for (var done = 0; done < size; done += 8)
            {
                var part = device.Read(offset + (ulong)done, Math.Min(size, 8), vcpu.Index);
                Buffer.MemoryCopy(&part, bytes + done, 8, Math.Min(size, 8));
            }
        }
        finally
        {
            vcpu.Machine.BigLock.Exit();
        }

        return true;
    }

    private static bool Store(SystemVcpu vcpu, ulong address, MemOp op)
    {
        var size = 1 << (int)(op & MemOp.SizeMask);
        var mode = SoftMmuLookup.Mode(op);
        var bytes = (byte*)&vcpu.Header->Scratch0;
        if (!IsAligned(vcpu, address, op, GuestAccess.Write))
        {
            return false;
        }

        Swap(bytes, op);
        var inFirst = BytesInPage(vcpu, address, size);
        if (!vcpu.Tlb.TryProbe(address, GuestAccess.Write, mode, out var first) || !MayMisalign(vcpu, first, address, op, GuestAccess.Write))
        {
            return false;
        }

        if (inFirst < size)
        {
            // A store that faults on its second page stores nothing on its first.
            return vcpu.Tlb.TryProbe(address + (ulong)inFirst, GuestAccess.Write, mode, out var second)
                && MayMisalign(vcpu, second, address, op, GuestAccess.Write)
                && StoreBytes(vcpu, first, address, inFirst, mode, bytes)
                && StoreBytes(vcpu, second, address + (ulong)inFirst, size - inFirst, mode, bytes + inFirst);
        }

        return StoreWhole(vcpu, first, address, size, mode, bytes);
    }

    private static bool StoreBytes(SystemVcpu vcpu, in TlbHit hit, ulong address, int count, int mode, byte* bytes)
    {
        for (var i = 0; i < count; i++)
        {
            if (!StoreWhole(vcpu, hit, address + (ulong)i, 1, mode, bytes + i))
            {
                return false;
            }
        }

        return true;
    }

    private static bool StoreWhole(SystemVcpu vcpu, in TlbHit hit, ulong address, int size, int mode, byte* bytes)
    {
        if (hit.IsSlow)
        {
            if (vcpu.Tlb.HitsWatchpoint(address, size, GuestAccess.Write))
            {
                return false;
            }

            if (hit.Section?.Ram is not { } ram)
            {
                return StoreDevice(vcpu, hit, address, size, mode, bytes);
            }

            if (ram.IsReadOnly)
            {
                return true;
            }
        }

        Copy(bytes, (byte*)address + hit.Addend, size);
        if (hit.IsNotDirty)
        {
            NoteStore(vcpu, hit, address, size, mode);
        }

        return true;
    }

    private static bool StoreDevice(SystemVcpu vcpu, in TlbHit hit, ulong address, int size, int mode, byte* bytes)
    {
        var physical = PhysicalOf(vcpu, hit, address);
        if (hit.Section?.Device is not { } device)
        {
            vcpu.Machine.Mmu.BusFault(vcpu, address, physical, GuestAccess.Write, mode);
            return false;
        }

        vcpu.Machine.BigLock.Enter();
        try
        {
            var offset = physical - hit.Section.Start;
            for (var done = 0; done < size; done += 8)
            {
                ulong part = 0;
                Buffer.MemoryCopy(bytes + done, &part, 8, Math.Min(size, 8));
                device.Write(offset + (ulong)done, part, Math.Min(size, 8), vcpu.Index);
            }
        }
        finally
        {
            vcpu.Machine.BigLock.Exit();
        }

        return true;
    }

    private static nint Place(SystemVcpu vcpu, ulong address, MemOp op, PlaceUse use)
    {
        var stores = use != PlaceUse.LoadExclusive;
        var size = 1 << (int)(op & MemOp.SizeMask);
        var mode = SoftMmuLookup.Mode(op);

        // The load first: what may be neither loaded nor stored is the fault of a load, and so is a misaligned address of what does both.
        var store = default(TlbHit);
        if (!IsAligned(vcpu, address, op, use == PlaceUse.StoreExclusive ? GuestAccess.Write : GuestAccess.Read)
            || !vcpu.Tlb.TryProbe(address, GuestAccess.Read, mode, out var load)
            || (stores && !vcpu.Tlb.TryProbe(address, GuestAccess.Write, mode, out store)))
        {
            return 0;
        }

        if ((load.IsSlow && vcpu.Tlb.HitsWatchpoint(address, size, GuestAccess.Read))
            || (store.IsSlow && vcpu.Tlb.HitsWatchpoint(address, size, GuestAccess.Write)))
        {
            return 0;
        }

        if (vcpu.ExclusiveDepth > 0 && (load.Section?.Ram is not { } there || (stores && there.IsReadOnly)))
        {
            // Alone already. No memory that does such accesses (Arm leaves open which fault it is, DDI 0487 B2.2.5).
            vcpu.Machine.Mmu.BusFault(vcpu, address, PhysicalOf(vcpu, load, address), stores ? GuestAccess.Write : GuestAccess.Read, mode);
            return 0;
        }

        if (load.Section?.Ram is not { } ram || (stores && ram.IsReadOnly) || BytesInPage(vcpu, address, size) < size)
        {
            // A device, ROM, or across pages: no host instruction does that. Alone, in an exclusive section, it is a load and a store.
            Raise(vcpu, ExceptionKind.Atomic, address, address);
            return 0;
        }

        if (store.IsNotDirty)
        {
            if ((ram.DirtyAt(OffsetOf(vcpu, store, address)) & DirtyClients.Exclusives) == 0)
            {
                if (vcpu.ExclusiveDepth == 0)
                {
                    // Reservations are broken after a store, and the caller's comes after this: so alone, where nobody makes one meanwhile.
                    Raise(vcpu, ExceptionKind.Atomic, address, address);
                    return 0;
                }

                if (use == PlaceUse.StoreExclusive)
                {
                    // SystemExclusives is to be asked, even about a pair that is known.
                    VcpuBlock.ForgetPairs(vcpu.Env);
                }
            }

            // Before the store, which only the caller can do: a translation made in between is dropped by the guest's cache maintenance. A store-exclusive that fails
            // breaks nothing, else two could make each other fail for ever: SystemExclusives has it done for one that may store.
            NoteStore(vcpu, store, address, size, mode, breaks: use == PlaceUse.Update);
        }

        return (nint)address + (nint)load.Addend;
    }

    /// <summary>A store has been done to a page that somebody tracks.</summary>
    private static void NoteStore(SystemVcpu vcpu, in TlbHit hit, ulong address, int size, int mode, bool breaks = true)
    {
        var block = hit.Section!.Ram!;
        var offset = OffsetOf(vcpu, hit, address);
        vcpu.Machine.Memory.NoteWrite(block, offset, size, vcpu, breaks);
        vcpu.Tlb.ClearNotDirty(address, mode, block, offset);
    }

    private static ulong OffsetOf(SystemVcpu vcpu, in TlbHit hit, ulong address) => hit.Section!.OffsetOf(PhysicalOf(vcpu, hit, address));

    private static bool IsAligned(SystemVcpu vcpu, ulong address, MemOp op, GuestAccess access)
    {
        var size = 1UL << (int)(op & MemOp.SizeMask);
        if ((address & SoftMmuLookup.AlignMask(op)) == 0 && ((op & MemOp.Within16) == 0 || (address & 15) + size <= 16))
        {
            return true;
        }

        Raise(vcpu, ExceptionKind.AlignmentFault, address, (ulong)access);
        return false;
    }

    // Where the page wants aligned accesses: of a pair done as one access, each half.
    private static bool MayMisalign(SystemVcpu vcpu, in TlbHit hit, ulong address, MemOp op, GuestAccess access)
    {
        var atom = (int)(op & MemOp.AtomMask) >> (int)MemOp.AtomShift;
        var size = 1UL << (atom == 0 ? (int)(op & MemOp.SizeMask) : atom - 1);
        if (!hit.IsAligned || (address & (size - 1)) == 0)
        {
            return true;
        }

        Raise(vcpu, ExceptionKind.AlignmentFault, address, (ulong)access);
        return false;
    }

    private static void Raise(SystemVcpu vcpu, ExceptionKind kind, ulong address, ulong argument)
    {
        var header = vcpu.Header;
        header->Exception = kind;
        header->ExceptionAfter = 0;
        header->ExceptionArg = argument;
        header->FaultGuestAddress = address;
    }

    private static int BytesInPage(SystemVcpu vcpu, ulong address, int size)
    {
        var page = 1UL << vcpu.Header->TlbPageBits;
        return (int)Math.Min((ulong)size, page - (address & (page - 1)));
    }

    private static ulong PhysicalOf(SystemVcpu vcpu, in TlbHit hit, ulong address) =>
        hit.Physical + (address & ((1UL << vcpu.Header->TlbPageBits) - 1));

    /// <summary>Copies 1 to 16 bytes with host accesses of their size, as translated code would.</summary>
    private static void Copy(byte* from, byte* to, int size)
    {
        switch (size)
        {
            case 1:
                *to = Volatile.Read(ref *from);
                break;
            case 2:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ushort>(from));
                break;
            case 4:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<uint>(from));
                break;
            case 8:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
                break;
            default:
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<System.Runtime.Intrinsics.Vector128<byte>>(from));
                break;
        }
    }

    private static void Swap(byte* bytes, MemOp op)
    {
        if ((op & MemOp.ByteSwap) != 0)
        {
            new Span<byte>(bytes, 1 << (int)(op & MemOp.SizeMask)).Reverse();
        }
    }

    /// <summary>Byte order, and extension to 64 bits.</summary>
    private static bool Finish(byte* bytes, MemOp op)
    {
        Swap(bytes, op);
        var size = (int)(op & MemOp.SizeMask);
        if (size < 4)
        {
            var shift = 64 - (8 << size);
            var value = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(bytes, 8)) << shift;
            *(ulong*)bytes = (op & MemOp.Sign) != 0 ? (ulong)((long)value >> shift) : value >> shift;
        }

        return true;
    }
}
