using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Faults;

/// <summary>
/// The thread-specific key under which a thread that runs a vCPU keeps the address of its block, so that emitted signal handlers find it.
/// Its value is null in every other thread.
/// </summary>
public static unsafe partial class VcpuThreadKey
{
    static VcpuThreadKey()
    {
        uint key;
        if (CreateKey(&key, null) is not 0 and var error)
        {
            throw new InvalidOperationException($"pthread_key_create failed with error {error}.");
        }

        Key = key;
        GetSpecific = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "pthread_getspecific");
    }

    /// <summary>The pthread key.</summary>
    public static uint Key { get; }

    /// <summary>Address of pthread_getspecific: <c>void* (*)(uint key)</c>. In glibc it is safe in a signal handler.</summary>
    public static nint GetSpecific { get; }

    /// <summary>The calling thread's block, or null.</summary>
    public static byte* Current
    {
        get => ((delegate* unmanaged<uint, byte*>)GetSpecific)(Key);
        set
        {
            if (SetValue(Key, value) is not 0 and var error)
            {
                throw new InvalidOperationException($"pthread_setspecific failed with error {error}.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "pthread_key_create")]
    private static partial int CreateKey(uint* key, void* destructor);

    [LibraryImport("libc", EntryPoint = "pthread_setspecific")]
    private static partial int SetValue(uint key, void* value);
}
