using Dragoman.Runtime.Faults;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Memory;

/// <summary>
/// Copies host memory that may be unmapped or past a file's end. A thread that runs a vCPU reads it itself, as translated code would, under the care of <see cref="HostFaultHandler"/>;
/// others, and whoever meets a fault, ask the kernel, which takes microseconds.
/// </summary>
internal static unsafe class GuardedCopy
{
    /// <summary>Copies; returns the bytes that could be read. Any thread, outside translated code.</summary>
    public static int Read(byte* source, byte* destination, int length)
    {
        var header = (VcpuHeader*)VcpuThreadKey.Current;
        return header is not null && TryCopy(header, source, destination, length) ? length : HostMemory.ReadSafely(source, destination, length);
    }

    private static bool TryCopy(VcpuHeader* header, byte* source, byte* destination, int length)
    {
        Volatile.Write(ref header->InTranslatedCode, 1);
        try
        {
            // A loop of our own: a fault in native code would not become an exception.
            var i = 0;
            for (; i <= length - sizeof(ulong); i += sizeof(ulong))
            {
                *(ulong*)(destination + i) = *(ulong*)(source + i);
            }

            for (; i < length; i++)
            {
                destination[i] = source[i];
            }

            return true;
        }
        catch (NullReferenceException) when (header->HostSignal != 0)
        {
            header->HostSignal = 0;
            return false;
        }
        finally
        {
            Volatile.Write(ref header->InTranslatedCode, 0);
        }
    }
}
