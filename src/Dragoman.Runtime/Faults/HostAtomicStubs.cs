using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Runtime.Faults;

/// <summary>The 16-byte compare-and-swap that .NET lacks, as an emitted stub.</summary>
internal static class HostAtomicStubs
{
    private const int Cx16 = 1 << 13;

    /// <summary>Emits the stub and hands it to <see cref="HostAtomics"/>, where the host has the instruction. Once, before guest code runs.</summary>
    public static unsafe void Install()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || (X86Base.CpuId(1, 0).Ecx & Cx16) == 0)
        {
            return;
        }

        // rdi = address, rsi = expected (and result), rdx = desired. Only the exchange itself touches guest memory.
        var c = new Assembler(64);
        var access = c.CreateLabel();
        var after = c.CreateLabel();
        var faulted = c.CreateLabel();
        c.push(rbx);
        c.mov(r8, rdx);
        c.mov(rax, __qword_ptr[rsi]);
        c.mov(rdx, __qword_ptr[rsi + 8]);
        c.mov(rbx, __qword_ptr[r8]);
        c.mov(rcx, __qword_ptr[r8 + 8]);
        c.Label(ref access);
        c.@lock.cmpxchg16b(__xmmword_ptr[rdi]);
        c.Label(ref after);
        c.sete(r9b);
        c.mov(__qword_ptr[rsi], rax);
        c.mov(__qword_ptr[rsi + 8], rdx);
        c.movzx(eax, r9b);
        c.pop(rbx);
        c.ret();

        // The fault handler has put the vCPU block in r11. The caller touches the address in managed code, where the fault can be unwound.
        c.Label(ref faulted);
        c.mov(__dword_ptr[r11 + (int)Marshal.OffsetOf<VcpuHeader>(nameof(VcpuHeader.HostSignal))], 0);
        c.mov(eax, -1);
        c.pop(rbx);
        c.ret();

        Span<nint> addresses = stackalloc nint[3];
        var stub = NativeCode.Emit(c, [access, after, faulted], addresses);
        NativeFaultExits.Add(addresses[0], addresses[1] - addresses[0], addresses[2]);
        HostAtomics.Install(stub);
    }
}
