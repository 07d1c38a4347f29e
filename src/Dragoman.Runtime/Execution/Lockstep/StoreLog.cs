using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Execution.Lockstep;

/// <summary>The bytes that a TB is about to overwrite, in order. One per thread; a thread runs one vCPU.</summary>
internal sealed unsafe class StoreLog
{
    [ThreadStatic]
    private static StoreLog? t_current;

    private static readonly HelperInfo Helper = new(
        "lockstep_keep",
        typeof(StoreLog).GetMethod(nameof(Keep))!,
        (nint)(delegate*<byte*, ulong, ulong, ulong>)&Keep,
        ArgumentCount: 2,
        HelperFlags.Memory);

    private readonly List<(ulong Address, byte[] Old)> _kept = [];

    /// <summary>The calling thread's log.</summary>
    public static StoreLog Current => t_current ??= new StoreLog();

    /// <summary>Puts a call before each op that writes guest memory.</summary>
    public static void Instrument(TcgContext context)
    {
        var ops = context.Ops.ToArray();
        context.Truncate(0);
        foreach (var op in ops)
        {
            if (OpInfo.Of(op.Opcode).Has(OpFlags.WritesMemory))
            {
                var isStore = op.Opcode == Opcode.QemuSt;
                var address = isStore ? op.In1 : op.In0;
                var offset = isStore ? op.Imm0 : 0;
                var memop = (MemOp)(isStore ? op.Imm1 : op.Imm0);
                var target = offset == 0 ? address : context.Add(TcgType.I64, address, context.Const(TcgType.I64, offset));
                context.Call(Helper, TcgType.I64, target, context.Const(TcgType.I64, 1UL << (int)(memop & MemOp.SizeMask)));
            }

            context.Append(op);
        }
    }

    /// <summary>The helper: keeps the bytes at an address. Where the guest may not write, the op itself will fault.</summary>
    public static ulong Keep(byte* env, ulong address, ulong size)
    {
        var machine = Vcpu.FromEnv(env).Machine;
        address = machine.Guest.IgnoresTopByte ? address & (ulong.MaxValue >> 8) : address;
        if (address <= machine.Memory.Limit && machine.Memory.Check(address, size, GuestProtection.Read | GuestProtection.Write))
        {
            var old = new byte[size];
            if (machine.Memory.TryRead(address, old))
            {
                Current._kept.Add((address, old));
            }
        }

        return 0;
    }

    public void Clear() => _kept.Clear();

    /// <summary>Each byte that was to be written, as it was and as it is now.</summary>
    public Dictionary<ulong, (byte Old, byte Now)> ReadNow(GuestMemory memory)
    {
        var result = new Dictionary<ulong, (byte, byte)>();
        foreach (var (address, old) in _kept)
        {
            var now = new byte[old.Length];
            memory.TryRead(address, now);
            for (var i = 0; i < old.Length; i++)
            {
                // The first that was kept is what the TB found.
                result.TryAdd(address + (ulong)i, (old[i], now[i]));
            }
        }

        return result;
    }

    /// <summary>
    /// Puts the old bytes back, the last first. Through the host: the pages were writable for the guest, or the store has faulted and
    /// there is nothing to put back; a page that is protected for its code holds what it held.
    /// </summary>
    public void Undo(GuestMemory memory)
    {
        for (var i = _kept.Count - 1; i >= 0; i--)
        {
            var (address, old) = _kept[i];
            var now = new byte[old.Length];
            if (memory.TryRead(address, now) && !now.AsSpan().SequenceEqual(old))
            {
                memory.TryWrite(address, old);
            }
        }

        _kept.Clear();
    }
}
