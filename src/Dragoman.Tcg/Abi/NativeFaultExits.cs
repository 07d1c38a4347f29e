using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// Ranges of native code that backends emit and that may touch guest memory, each with the address to go on at when an access in it
/// faults: .NET cannot unwind native frames, so the host's fault handler redirects instead of throwing.
/// </summary>
/// <remarks>
/// Protocol: rows are only added, under the lock; a row's <see cref="Row.Start"/> is written last. The signal handler scans from the
/// first row to the first whose start is 0. At the exit all registers are as they were at the faulting instruction, but for r11, which
/// holds the address of the thread's vCPU block; <see cref="VcpuHeader.HostSignal"/> is set there.
/// </remarks>
public static unsafe class NativeFaultExits
{
    /// <summary>Rows of the table; the last stays empty.</summary>
    public const int Capacity = 64;

    private static readonly Lock Guard = new();
    // Guarded by Guard.
    private static int _count;

    /// <summary>The table, <see cref="Capacity"/> rows, never freed.</summary>
    public static Row* Table { get; } = (Row*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Row));

    /// <summary>Adds a range of code. The code is never freed.</summary>
    /// <exception cref="InvalidOperationException">The table is full.</exception>
    public static void Add(nint start, nint length, nint exit)
    {
        lock (Guard)
        {
            if (_count == Capacity - 1)
            {
                throw new InvalidOperationException("The table of native fault exits is full.");
            }

            var row = Table + _count++;
            row->Length = length;
            row->Exit = exit;
            Volatile.Write(ref row->Start, start);
        }
    }

    /// <summary>One range of code.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Row
    {
        /// <summary>First byte of the code; 0 ends the table.</summary>
        public nint Start;

        /// <summary>Bytes of code.</summary>
        public nint Length;

        /// <summary>Where execution goes on after a fault.</summary>
        public nint Exit;
    }
}
