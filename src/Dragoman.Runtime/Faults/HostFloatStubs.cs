using System.Runtime.InteropServices;
using Dragoman.Tcg.Float;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Runtime.Faults;

/// <summary>The denormal flag of the host's MXCSR, which .NET does not show, by an emitted stub.</summary>
internal static class HostFloatStubs
{
    private const int DenormalFlag = 2;

    /// <summary>Emits the stub and hands it to <see cref="HostDenormals"/>, where the host is an x86-64. Once, before guest code runs.</summary>
    public static void Install()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        // Below RSP is the red zone (System V ABI, 3.2.2).
        var c = new Assembler(64);
        var none = c.CreateLabel();
        c.stmxcsr(__dword_ptr[rsp - 8]);
        c.mov(eax, __dword_ptr[rsp - 8]);
        c.and(eax, DenormalFlag);
        c.jz(none);
        c.and(__dword_ptr[rsp - 8], ~DenormalFlag);
        c.ldmxcsr(__dword_ptr[rsp - 8]);
        c.Label(ref none);
        c.ret();
        HostDenormals.Install(NativeCode.Emit(c));
    }
}
