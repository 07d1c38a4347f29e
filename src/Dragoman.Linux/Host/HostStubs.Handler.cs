using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Linux.Host;

internal static unsafe partial class HostStubs
{
    /// <summary>The host signal by which one guest thread asks another to look at its own signals: glibc keeps 32 and 33, the .NET runtime 34.</summary>
    public const int KickSignal = 35;

    private const int UcontextRip = 168;

    private static void EmitHandler(Assembler a, StubLabels labels)
    {
        var found = a.CreateLabel();
        var search = a.CreateLabel();
        var next = a.CreateLabel();
        var stranger = a.CreateLabel();
        var tell = a.CreateLabel();
        var done = a.CreateLabel();
        var full = a.CreateLabel();
        var exchange = (ulong)Exchange;
        var entries = (ulong)SignalExchange.Entries(Exchange);
        var slots = (ulong)SignalExchange.Slots(Exchange);

        // handler(edi = signal, rsi = siginfo, rdx = ucontext). All signals are blocked while it runs (sa_mask), so it does not nest on a thread.
        a.Label(ref labels.Handler);
        a.push(rbx);
        a.push(r12);
        a.push(r13);
        a.mov(r12d, edi);
        a.mov(r13, rdx);
        a.mov(rbx, rsi);
        a.mov(eax, (int)Syscalls.Syscall.Gettid);
        a.syscall();
        a.mov(r9d, eax);
        a.mov(r8, exchange);

        a.cmp(r12d, KickSignal);
        a.je(search);

        // Queue the siginfo, unless the reader is so far behind that the queue is full.
        a.mov(eax, __dword_ptr[r8 + 0x00]);
        a.sub(eax, __dword_ptr[r8 + 0x40]);
        a.cmp(eax, SignalExchange.EntryCount - 256);
        a.jae(full);
        a.mov(eax, 1);
        a.@lock.xadd(__dword_ptr[r8 + 0x00], eax);
        a.and(eax, SignalExchange.EntryCount - 1);
        a.imul(eax, eax, sizeof(SignalEntry));
        a.mov(rdi, entries);
        a.add(rdi, rax);
        a.mov(rsi, rbx);
        a.mov(rdx, rdi);
        a.mov(ecx, 16);
        a.cld();
        a.rep.movsq();
        a.mov(__dword_ptr[rdx + 128], r9d);
        a.mov(__dword_ptr[rdx + 132], 1);
        a.jmp(search);
        a.Label(ref full);
        a.@lock.inc(__dword_ptr[r8 + 0xA8]);

        // Whose thread is this? Open addressing by thread id.
        a.Label(ref search);
        a.mov(rdi, slots);
        a.mov(ecx, r9d);
        a.mov(edx, SignalExchange.ThreadSlots);
        a.Label(ref next);
        a.and(ecx, SignalExchange.ThreadSlots - 1);
        a.mov(eax, ecx);
        a.shl(eax, 4);
        a.mov(esi, __dword_ptr[rdi + rax]);
        a.cmp(esi, r9d);
        a.je(found);
        a.test(esi, esi);
        a.je(stranger);
        a.inc(ecx);
        a.dec(edx);
        a.jne(next);

        // A thread of the runtime's own: tell the main guest thread, and break its system call.
        // A kick is never passed on, nor is anything to oneself: a main thread that has left the table would kick itself for ever.
        a.Label(ref stranger);
        a.mov(rsi, __qword_ptr[r8 + 0xA0]);
        a.test(rsi, rsi);
        a.je(done);
        a.cmp(r12d, KickSignal);
        a.je(done);
        a.cmp(__dword_ptr[rsi + 4], r9d);
        a.je(done);
        a.mov(__dword_ptr[rsi], 1);
        a.mov(rax, __qword_ptr[rsi + 8]);
        a.mov(__dword_ptr[rax], 1);
        a.mov(edi, __dword_ptr[r8 + 0x98]);
        a.mov(esi, __dword_ptr[rsi + 4]);
        a.mov(edx, KickSignal);
        a.mov(eax, (int)Syscalls.Syscall.Tgkill);
        a.syscall();
        a.jmp(done);

        a.Label(ref found);
        a.mov(rsi, __qword_ptr[rdi + rax + 8]);
        a.Label(ref tell);
        a.mov(__dword_ptr[rsi], 1);
        a.mov(rax, __qword_ptr[rsi + 8]);
        a.mov(__dword_ptr[rax], 1);

        a.mov(rax, __qword_ptr[r13 + UcontextRip]);
        a.cmp(rax, __qword_ptr[r8 + 0x80]);
        a.jb(done);
        a.cmp(rax, __qword_ptr[r8 + 0x88]);
        a.jae(done);
        a.mov(rax, __qword_ptr[r8 + 0x90]);
        a.mov(__qword_ptr[r13 + UcontextRip], rax);

        a.Label(ref done);
        a.pop(r13);
        a.pop(r12);
        a.pop(rbx);
        a.ret();
    }
}
