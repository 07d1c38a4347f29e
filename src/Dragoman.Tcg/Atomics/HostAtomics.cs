using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dragoman.Tcg.Atomics;

/// <summary>
/// Atomic read-modify-writes of host memory by size, shared by all backends. Each is a full barrier (x64: a locked instruction, Intel SDM
/// vol. 3A 9.2.3.9; Arm64: an acquire-release atomic with a trailing DMB, as .NET emits it). They fault like any access: the runtime's fault path applies.
/// </summary>
/// <remarks>
/// <c>size</c> is log2 of the bytes, 0 to 3; values are zero-extended. Callers pass it as a constant, so that inlining leaves one instruction.
/// Any thread may call them.
/// </remarks>
public static unsafe class HostAtomics
{
    /// <summary>Stores <paramref name="value"/>, returns what was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(nint address, ulong value, int size) => size switch
    {
        0 => Interlocked.Exchange(ref *(byte*)address, (byte)value),
        1 => Interlocked.Exchange(ref *(ushort*)address, (ushort)value),
        2 => Interlocked.Exchange(ref *(uint*)address, (uint)value),
        _ => Interlocked.Exchange(ref *(ulong*)address, value),
    };

    /// <summary>Stores <paramref name="desired"/> if <paramref name="expected"/> is there; returns what was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange(nint address, ulong expected, ulong desired, int size) => size switch
    {
        0 => Interlocked.CompareExchange(ref *(byte*)address, (byte)desired, (byte)expected),
        1 => Interlocked.CompareExchange(ref *(ushort*)address, (ushort)desired, (ushort)expected),
        2 => Interlocked.CompareExchange(ref *(uint*)address, (uint)desired, (uint)expected),
        _ => Interlocked.CompareExchange(ref *(ulong*)address, desired, expected),
    };

    /// <summary>Adds, returns what was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAdd(nint address, ulong value, int size) => size switch
    {
        2 => Interlocked.Add(ref *(uint*)address, (uint)value) - (uint)value,
        3 => Interlocked.Add(ref *(ulong*)address, value) - value,
        _ => Update(address, value, size, AtomicOp.Add),
    };

    /// <summary>Ands, returns what was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAnd(nint address, ulong value, int size) => size switch
    {
        2 => Interlocked.And(ref *(uint*)address, (uint)value),
        3 => Interlocked.And(ref *(ulong*)address, value),
        _ => Update(address, value, size, AtomicOp.And),
    };

    /// <summary>Ors, returns what was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchOr(nint address, ulong value, int size) => size switch
    {
        2 => Interlocked.Or(ref *(uint*)address, (uint)value),
        3 => Interlocked.Or(ref *(ulong*)address, value),
        _ => Update(address, value, size, AtomicOp.Or),
    };

    /// <summary>Exclusive-ors, returns what was there.</summary>
    public static ulong FetchXor(nint address, ulong value, int size) => Update(address, value, size, AtomicOp.Xor);

    /// <summary>Stores the signed minimum, returns what was there.</summary>
    public static ulong FetchSmin(nint address, ulong value, int size) => Update(address, value, size, AtomicOp.Smin);

    /// <summary>Stores the signed maximum, returns what was there.</summary>
    public static ulong FetchSmax(nint address, ulong value, int size) => Update(address, value, size, AtomicOp.Smax);

    /// <summary>Stores the unsigned minimum, returns what was there.</summary>
    public static ulong FetchUmin(nint address, ulong value, int size) => Update(address, value, size, AtomicOp.Umin);

    /// <summary>Stores the unsigned maximum, returns what was there.</summary>
    public static ulong FetchUmax(nint address, ulong value, int size) => Update(address, value, size, AtomicOp.Umax);

    // Host processor's 16-byte compare-and-swap: stub(address, expected and result, desired) -> 1 if stored. Written once by Install before guest code runs.
    private static delegate* unmanaged<nint, ulong*, ulong*, int> s_compareExchange128;

    // Stands in for the stub on hosts without one: all 16-byte atomics of the process take it, so they are atomic among themselves.
    private static readonly Lock s_lock128 = new();

    /// <summary>Gives the address of an emitted <c>cmpxchg16b</c> stub: <c>int stub(void* address, ulong expected[2], ulong desired[2])</c>, which leaves the old value in <c>expected</c> and returns 1 if it stored, 0 if not, less than 0 when the access faulted.</summary>
    public static void Install(nint compareExchange128) =>
        s_compareExchange128 = (delegate* unmanaged<nint, ulong*, ulong*, int>)compareExchange128;

    /// <summary>16-byte compare-and-swap at a 16-byte aligned address; returns what was there.</summary>
    public static Vector128<byte> CompareExchange128(nint address, Vector128<byte> expected, Vector128<byte> desired)
    {
        // Faults belong to managed code, where they can be unwound: find them before the stub runs. Adding zero asks for write permission.
        Interlocked.Add(ref *(ulong*)address, 0);
        ulong* old = stackalloc ulong[2] { expected.AsUInt64()[0], expected.AsUInt64()[1] };
        ulong* value = stackalloc ulong[2] { desired.AsUInt64()[0], desired.AsUInt64()[1] };
        if (s_compareExchange128 != null)
        {
            while (s_compareExchange128(address, old, value) < 0)
            {
                // The page was taken away between the two accesses.
                Interlocked.Add(ref *(ulong*)address, 0);
            }

            return Vector128.Create(old[0], old[1]).AsByte();
        }

        lock (s_lock128)
        {
            Vector128<byte> current = *(Vector128<byte>*)address;
            if (current == expected)
            {
                *(Vector128<byte>*)address = desired;
            }

            return current;
        }
    }

    /// <summary>16-byte exchange at a 16-byte aligned address; returns what was there.</summary>
    public static Vector128<byte> Exchange128(nint address, Vector128<byte> value)
    {
        Vector128<byte> expected = *(Vector128<byte>*)address;
        while (true)
        {
            Vector128<byte> seen = CompareExchange128(address, expected, value);
            if (seen == expected)
            {
                return seen;
            }

            expected = seen;
        }
    }

    private static ulong Update(nint address, ulong value, int size, AtomicOp op)
    {
        int shift = 64 - (8 << size);
        ulong mask = ulong.MaxValue >> shift;
        value &= mask;
        ulong seen = size switch
        {
            0 => Volatile.Read(ref *(byte*)address),
            1 => Volatile.Read(ref *(ushort*)address),
            2 => Volatile.Read(ref *(uint*)address),
            _ => Volatile.Read(ref *(ulong*)address),
        };
        while (true)
        {
            long left = (long)(seen << shift) >> shift;
            long right = (long)(value << shift) >> shift;
            ulong result = op switch
            {
                AtomicOp.Add => seen + value,
                AtomicOp.And => seen & value,
                AtomicOp.Or => seen | value,
                AtomicOp.Xor => seen ^ value,
                AtomicOp.Smin => left < right ? seen : value,
                AtomicOp.Smax => left > right ? seen : value,
                AtomicOp.Umin => Math.Min(seen, value),
                _ => Math.Max(seen, value),
            };
            ulong old = CompareExchange(address, seen, result & mask, size);
            if (old == seen)
            {
                return old;
            }

            seen = old;
        }
    }

    private enum AtomicOp
    {
        Add,
        And,
        Or,
        Xor,
        Smin,
        Smax,
        Umin,
        Umax,
    }
}
