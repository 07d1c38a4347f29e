using System.Runtime.InteropServices;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// Tells pairs of load-exclusive and store-exclusive with nothing between them, for which comparing the value is exact, from the others,
/// whose load-exclusive must arm its page.
/// </summary>
/// <remarks>
/// A pair is known by the PCs of its two instructions, and looked into when its store-exclusive first runs. If another access, a barrier,
/// a call or a computed jump can come between, that store-exclusive fails, as the architecture lets it at any time, and from then on the
/// load-exclusive at that PC arms. What lies between is what stands between the two PCs: a way out of there and back in is not looked for.
/// </remarks>
internal sealed unsafe class ExclusivePairs(UserMachine machine)
{
    /// <summary>Farthest that the store-exclusive of a simple pair stands behind its load-exclusive, in bytes.</summary>
    private const ulong Reach = 256;

    private readonly Lock _lock = new();

    // Guarded by the lock, both.
    private readonly Dictionary<(ulong Load, ulong Store), bool> _isSimple = [];
    private readonly HashSet<ulong> _armingLoads = [];

    // Set once, under the lock, before the hooks of the vCPUs that exist are; a vCPU that is made meanwhile reads it when it joins them.
    private volatile bool _arms;

    /// <summary>Load-exclusives that arm. For tests and statistics.</summary>
    public int ArmingLoads
    {
        get
        {
            lock (_lock)
            {
                return _armingLoads.Count;
            }
        }
    }

    /// <summary>Sets the hooks of a new vCPU.</summary>
    public void Attach(Vcpu vcpu)
    {
        vcpu.Header->ExclusiveCheck = (nint)(delegate*<nint, ulong>)&Check;
        if (_arms)
        {
            vcpu.Header->ExclusiveArm = (nint)(delegate*<nint, ulong, void>)&Arm;
        }
    }

    private static void Arm(nint env, ulong address)
    {
        var vcpu = Vcpu.FromEnv((byte*)env);
        vcpu.Machine.ExclusivePairs.Arm(vcpu, address);
    }

    private static ulong Check(nint env)
    {
        var vcpu = Vcpu.FromEnv((byte*)env);
        return vcpu.Machine.ExclusivePairs.MayStore(vcpu) ? 1UL : 0;
    }

    private void Arm(Vcpu vcpu, ulong address)
    {
        lock (_lock)
        {
            if (!_armingLoads.Contains(vcpu.Header->ExclusivePc))
            {
                return;
            }
        }

        vcpu.Header->ExclusiveGeneration = machine.ArmedPages.Arm(address);
    }

    private bool MayStore(Vcpu vcpu)
    {
        var header = vcpu.Header;
        if (header->ExclusiveGeneration != 0)
        {
            return machine.ArmedPages.IsCurrent(header->ExclusiveAddress, header->ExclusiveGeneration);
        }

        var pair = (Load: header->ExclusivePc, Store: vcpu.Pc);
        bool isSimple;
        lock (_lock)
        {
            if (!_isSimple.TryGetValue(pair, out isSimple))
            {
                isSimple = HasNothingBetween(pair.Load, pair.Store, machine.Guest.GetTbFlags(vcpu.Env));
                _isSimple.Add(pair, isSimple);
                if (!isSimple)
                {
                    _armingLoads.Add(pair.Load);
                    _arms = true;
                }
            }
        }

        if (isSimple)
        {
            var row = VcpuBlock.CheckedPair(vcpu.Env, pair.Load);
            row[0] = pair.Load;
            row[1] = pair.Store;
            return true;
        }

        foreach (var other in machine.Vcpus)
        {
            Volatile.Write(ref other.Header->ExclusiveArm, (nint)(delegate*<nint, ulong, void>)&Arm);
        }

        return false;
    }

    private bool HasNothingBetween(ulong load, ulong store, ulong flags)
    {
        if (store <= load || store - load > Reach)
        {
            return false;
        }

        var length = (int)(store - load) + machine.Guest.MaxInstructionLength;
        var code = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            if (HostMemory.ReadSafely(machine.Memory.ToHost(load), code, length) < (int)(store - load) + machine.Guest.InstructionAlignment)
            {
                return false;
            }

            var tcg = new TcgContext(machine.Guest.Globals, machine.Guest.PcOffset);
            var disas = new DisasContext { Tcg = tcg, TbFlags = flags, TbPc = load, Parallel = true };
            for (var pc = load; pc <= store; pc = disas.NextPc)
            {
                tcg.Reset();
                disas.Pc = pc;
                disas.NextPc = pc;
                disas.Code = code + (pc - load);
                disas.CodeAvailable = length - (int)(pc - load);
                disas.Ended = disas.EndAfter = false;
                tcg.InsnStart(pc);
                machine.Guest.TranslateInstruction(disas);
                if (disas.NextPc <= pc || !IsHarmless(tcg, isLoad: pc == load, isStore: pc == store))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            NativeMemory.Free(code);
        }
    }

    /// <summary>True when the ops of one instruction do nothing that others could be ordered by, but for the exclusive access itself.</summary>
    private static bool IsHarmless(TcgContext tcg, bool isLoad, bool isStore)
    {
        var met = false;
        foreach (ref readonly var op in tcg.Ops)
        {
            switch (op.Opcode)
            {
                case Opcode.QemuLdx when isLoad && !met:
                    met = true;
                    continue;
                case Opcode.QemuStx when isStore:
                    // What follows it does not matter.
                    return true;
                case Opcode.Mb or Opcode.Clrex or Opcode.ExitTb or Opcode.GotoPtr:
                    return false;
                case Opcode.Call when (op.Helper!.Flags & (HelperFlags.Memory | HelperFlags.MayRaise)) != 0:
                    return false;
            }

            if (OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory) && (!isLoad || met))
            {
                return false;
            }
        }

        return isLoad ? met : !isStore;
    }
}
