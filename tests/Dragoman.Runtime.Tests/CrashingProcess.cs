using Dragoman.Runtime.Faults;
using Dragoman.Tcg.Abi;
using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Tests;

/// <summary>What this assembly does when it is run as a program: it must crash, in the way that its argument names.</summary>
internal static unsafe class CrashingProcess
{
    public static int Main(string[] arguments)
    {
        HostFaultHandler.Install();
        var env = (byte*)NativeMemory.AllocZeroed(4096);
        VcpuThreadKey.Current = arguments is ["outside"] ? env : null;
        ((VcpuHeader*)env)->InTranslatedCode = arguments is ["no-vcpu"] ? 1 : 0;
        Console.WriteLine("about to crash");
        try
        {
            *(int*)0x12345678000 = 1;
        }
        catch (NullReferenceException)
        {
            // The fault was taken for the guest's although it is not.
            return 3;
        }

        return 4;
    }
}
