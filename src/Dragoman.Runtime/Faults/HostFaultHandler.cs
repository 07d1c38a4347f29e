using System.Runtime.InteropServices;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Runtime.Faults;

/// <summary>
/// The emitted handler of SIGSEGV and SIGBUS that runs before .NET's own. For a thread in translated code it records the fault in the
/// vCPU block and makes .NET throw <see cref="NullReferenceException"/> at the access (or, in native code that a backend emitted, goes to
/// that code's fault exit); every other fault goes to .NET as it came.
/// </summary>
/// <remarks>
/// .NET takes an access violation below its null area for a null reference, and ends the process for any other address: so si_addr is
/// cleared. SI_KERNEL faults (non-canonical addresses) come without an address and are made the same. A signal that was sent
/// (si_code of 0 or less) is no fault: it goes to <see cref="SentSignalHandler"/>, or on to .NET; so it is for SIGILL, SIGTRAP and SIGFPE, whose
/// faults are .NET's. Installed once per process; never removed.
/// </remarks>
public static unsafe class HostFaultHandler
{
    // ucontext_t of Linux on x86-64: the registers start at 40; REG_ERR is number 19, REG_RIP 16, REG_R11 3.
    private const int ContextR11 = 40 + (3 * 8);
    private const int ContextRip = 40 + (16 * 8);
    private const int ContextError = 40 + (19 * 8);

    private static readonly Lock Guard = new();
    private static readonly nint* SentSignals = (nint*)NativeMemory.AllocZeroed((nuint)sizeof(nint));
    // Guarded by Guard.
    private static bool _installed;

    /// <summary>
    /// Where a SIGSEGV, SIGBUS, SIGILL, SIGTRAP or SIGFPE goes that some process has sent: a native <c>void (int, siginfo_t*, ucontext_t*)</c>, or 0. Any thread sets it.
    /// </summary>
    public static nint SentSignalHandler
    {
        get => Volatile.Read(ref *SentSignals);
        set => Volatile.Write(ref *SentSignals, value);
    }

    /// <summary>Installs the handler, once. Any thread, before any vCPU runs.</summary>
    /// <exception cref="PlatformNotSupportedException">The host is not x86-64 Linux.</exception>
    public static void Install()
    {
        lock (Guard)
        {
            if (_installed)
            {
                return;
            }

            if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            {
                throw new PlatformNotSupportedException("Guest faults need the signal handler for Linux on x86-64.");
            }

            InstallFor(HostSignal.Segv, HostSignal.SegvMapErr);
            InstallFor(HostSignal.Bus, HostSignal.BusAdrErr);

            // Translated code raises none of these: only those that were sent are the guest's.
            InstallFor(HostSignal.Ill, null);
            InstallFor(HostSignal.Trap, null);
            InstallFor(HostSignal.Fpe, null);
            HostAtomicStubs.Install();
            HostFloatStubs.Install();
            HostX87Stubs.Install();
            _installed = true;
        }
    }

    private static void InstallFor(int signal, int? replacementCode)
    {
        HostSignal.Action old;
        if (HostSignal.SetAction(signal, null, &old) != 0)
        {
            throw new InvalidOperationException($"sigaction failed with error {-HostMemory.LastError()}.");
        }

        // SIG_DFL and SIG_IGN are 0 and 1: then this is no .NET that turns faults into exceptions.
        if (old.Handler is 0 or 1)
        {
            if (replacementCode is null)
            {
                return;
            }

            throw new PlatformNotSupportedException($"The .NET runtime has no handler for signal {signal}.");
        }

        // Its flags and mask are kept: it runs on the alternate stack that .NET gave the thread and unblocks the signal itself.
        var action = old;
        action.Handler = Emit(old.Handler, replacementCode);
        if (HostSignal.SetAction(signal, &action, null) != 0)
        {
            throw new InvalidOperationException($"sigaction failed with error {-HostMemory.LastError()}.");
        }
    }

    private static nint Emit(nint previous, int? replacementCode)
    {
        var assembler = new Assembler(64);
        EmitHandler(assembler, previous, replacementCode);
        return NativeCode.Emit(assembler);
    }

    // On entry: edi = signal, rsi = siginfo_t*, rdx = ucontext_t*. siginfo_t: si_code at 8, si_addr at 16.
    private static void EmitHandler(Assembler c, nint previous, int? replacementCode)
    {
        var chain = c.CreateLabel();
        var next = c.CreateLabel();
        var scan = c.CreateLabel();
        var managed = c.CreateLabel();
        var fault = c.CreateLabel();

        c.mov(ecx, __dword_ptr[rsi + 8]);
        c.test(ecx, ecx);
        c.jg(fault);
        c.mov(rax, (long)SentSignals);
        c.mov(rax, __qword_ptr[rax]);
        c.test(rax, rax);
        c.je(chain);
        c.jmp(rax);

        c.Label(ref fault);
        if (replacementCode is not { } code)
        {
            c.nop();
            c.Label(ref chain);
            c.mov(rax, (long)previous);
            c.jmp(rax);
            return;
        }

        c.push(rdi);
        c.push(rsi);
        c.push(rdx);
        c.mov(edi, VcpuThreadKey.Key);
        c.mov(rax, (long)VcpuThreadKey.GetSpecific);
        c.call(rax);
        c.pop(rdx);
        c.pop(rsi);
        c.pop(rdi);
        c.test(rax, rax);
        c.je(chain);
        c.cmp(__dword_ptr[rax + Offset(nameof(VcpuHeader.InTranslatedCode))], 1);
        c.jne(chain);
        c.mov(ecx, __dword_ptr[rsi + 8]);
        c.mov(__dword_ptr[rax + Offset(nameof(VcpuHeader.HostSignal))], edi);
        c.mov(__dword_ptr[rax + Offset(nameof(VcpuHeader.HostSignalCode))], ecx);
        c.mov(rcx, __qword_ptr[rsi + 16]);
        c.mov(__qword_ptr[rax + Offset(nameof(VcpuHeader.HostFaultAddress))], rcx);
        c.mov(rcx, __qword_ptr[rdx + ContextError]);
        c.mov(__qword_ptr[rax + Offset(nameof(VcpuHeader.HostFaultError))], rcx);
        c.mov(rcx, __qword_ptr[rdx + ContextRip]);
        c.mov(__qword_ptr[rax + Offset(nameof(VcpuHeader.HostFaultRip))], rcx);

        c.mov(r8, (long)NativeFaultExits.Table);
        c.Label(ref scan);
        c.mov(r9, __qword_ptr[r8]);
        c.test(r9, r9);
        c.je(managed);
        c.mov(r10, rcx);
        c.sub(r10, r9);
        c.cmp(r10, __qword_ptr[r8 + 8]);
        c.jae(next);
        c.mov(r9, __qword_ptr[r8 + 16]);
        c.mov(__qword_ptr[rdx + ContextRip], r9);
        c.mov(__qword_ptr[rdx + ContextR11], rax);
        c.ret();
        c.Label(ref next);
        c.add(r8, sizeof(NativeFaultExits.Row));
        c.jmp(scan);

        c.Label(ref managed);
        c.mov(__qword_ptr[rsi + 16], 0);
        c.mov(__dword_ptr[rsi + 8], code);
        c.Label(ref chain);
        c.mov(rax, (long)previous);
        c.jmp(rax);
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<VcpuHeader>(field);
}
