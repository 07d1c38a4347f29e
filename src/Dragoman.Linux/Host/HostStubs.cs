using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dragoman.Linux.Host;

/// <summary>
/// The native code of this room, assembled once: the two system call stubs, the signal handler with its restorer, and the fork stub.
/// Why native: managed code cannot be a signal handler, cannot tell where inside a system call a signal found it, and cannot run after a fork.
/// </summary>
internal static unsafe partial class HostStubs
{
    private const int PageBytes = 8192;

    /// <summary><c>long plain(nr, a0..a5)</c>.</summary>
    public static readonly nint Plain;

    /// <summary><c>long blocking(nr, a0..a5, int* interrupted)</c>.</summary>
    public static readonly nint Blocking;

    /// <summary><c>void handler(int, siginfo*, ucontext*)</c>, for rt_sigaction.</summary>
    public static readonly nint Handler;

    /// <summary>The sa_restorer of <see cref="Handler"/>.</summary>
    public static readonly nint Restorer;

    /// <summary><c>long fork(flags, path, argv, envp)</c>: a raw clone whose child executes <c>path</c>, or exits with 127.</summary>
    public static readonly nint Fork;

    /// <summary>What the handler and the managed side share.</summary>
    public static readonly SignalExchange* Exchange;

    static HostStubs()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new PlatformNotSupportedException("Linux user mode runs on x86-64 hosts only.");
        }

        Exchange = SignalExchange.Allocate();
        var code = (byte*)LibC.Map(0, PageBytes, LibC.ProtRead | LibC.ProtWrite, LibC.MapPrivate | LibC.MapAnonymous, -1, 0);
        if (code == (byte*)-1)
        {
            throw new OutOfMemoryException("no memory for the system call stubs");
        }

        var assembler = new Assembler(64);
        var labels = new StubLabels(assembler);
        EmitPlain(assembler, labels);
        EmitBlocking(assembler, labels);
        EmitHandler(assembler, labels);
        EmitRestorer(assembler, labels);
        EmitFork(assembler, labels);

        var writer = new SpanWriter(code, PageBytes);
        var result = assembler.Assemble(writer, (ulong)code, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (LibC.Protect((nint)code, PageBytes, LibC.ProtRead | LibC.ProtExec) != 0)
        {
            throw new InvalidOperationException("the host refuses executable memory");
        }

        Plain = (nint)result.GetLabelRIP(labels.Plain);
        Blocking = (nint)result.GetLabelRIP(labels.Blocking);
        Handler = (nint)result.GetLabelRIP(labels.Handler);
        Restorer = (nint)result.GetLabelRIP(labels.Restorer);
        Fork = (nint)result.GetLabelRIP(labels.Fork);
        Exchange->RewindFrom = result.GetLabelRIP(labels.RewindFrom);
        Exchange->RewindTo = result.GetLabelRIP(labels.RewindTo);
        Exchange->RewindTarget = result.GetLabelRIP(labels.RewindTarget);
        Exchange->ProcessId = Environment.ProcessId;
    }

    /// <summary>C arguments (rdi, rsi, rdx, rcx, r8, r9, stack) to kernel arguments (rax; rdi, rsi, rdx, r10, r8, r9).</summary>
    private static void ShuffleArguments(Assembler a)
    {
        a.mov(rax, rdi);
        a.mov(rdi, rsi);
        a.mov(rsi, rdx);
        a.mov(rdx, rcx);
        a.mov(r10, r8);
        a.mov(r8, r9);
        a.mov(r9, __[rsp + 8]);
    }

    private static void EmitPlain(Assembler a, StubLabels labels)
    {
        a.Label(ref labels.Plain);
        ShuffleArguments(a);
        a.syscall();
        a.ret();
    }

    private static void EmitBlocking(Assembler a, StubLabels labels)
    {
        a.Label(ref labels.Blocking);
        ShuffleArguments(a);

        // A signal handler that runs with RIP in here, the syscall instruction itself included, sets RIP to RewindTarget: the flag it
        // has just set would otherwise be seen only after the wait. A call that the kernel restarts comes back to the syscall instruction too.
        a.Label(ref labels.RewindFrom);
        a.mov(r11, __[rsp + 16]);
        a.cmp(__dword_ptr[r11], 0);
        a.jne(labels.RewindTarget);
        a.syscall();
        a.Label(ref labels.RewindTo);
        a.ret();
        a.Label(ref labels.RewindTarget);
        a.mov(rax, -Errno.ERESTARTSYS);
        a.ret();
    }

    private static void EmitRestorer(Assembler a, StubLabels labels)
    {
        a.Label(ref labels.Restorer);
        a.mov(eax, (int)Syscalls.Syscall.RtSigreturn);
        a.syscall();
        a.ud2();
    }

    private static void EmitFork(Assembler a, StubLabels labels)
    {
        // fork(rdi = flags, rsi = path, rdx = argv, rcx = envp). The child has a copy of this stack and calls nothing but execve.
        a.Label(ref labels.Fork);
        a.push(rsi);
        a.push(rdx);
        a.push(rcx);
        a.xor(esi, esi);
        a.xor(edx, edx);
        a.xor(r10d, r10d);
        a.xor(r8d, r8d);
        a.mov(eax, (int)Syscalls.Syscall.Clone);
        a.syscall();
        a.pop(rdx);
        a.pop(rsi);
        a.pop(rdi);
        a.test(rax, rax);
        var child = a.CreateLabel();
        a.je(child);
        a.ret();
        a.Label(ref child);
        a.mov(eax, (int)Syscalls.Syscall.Execve);
        a.syscall();
        a.mov(edi, 127);
        a.mov(eax, (int)Syscalls.Syscall.ExitGroup);
        a.syscall();
        a.ud2();
    }

    /// <summary>The labels whose addresses are wanted afterwards.</summary>
    private sealed class StubLabels(Assembler assembler)
    {
        public Label Plain = assembler.CreateLabel();
        public Label Blocking = assembler.CreateLabel();
        public Label Handler = assembler.CreateLabel();
        public Label Restorer = assembler.CreateLabel();
        public Label Fork = assembler.CreateLabel();
        public Label RewindFrom = assembler.CreateLabel();
        public Label RewindTo = assembler.CreateLabel();
        public Label RewindTarget = assembler.CreateLabel();
    }

    private sealed class SpanWriter(byte* start, int length) : CodeWriter
    {
        private int _used;

        public override void WriteByte(byte value)
        {
            if (_used >= length)
            {
                throw new InvalidOperationException("the stubs have outgrown their pages");
            }

            start[_used++] = value;
        }
    }
}
