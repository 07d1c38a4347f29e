using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Faults;

namespace Dragoman.Linux.Signals;

/// <summary>
/// The host's side of signals: which of them the emitted handler catches, and what it has queued. The host's own masks stay open; a guest's
/// mask is kept beside its thread.
/// </summary>
internal static unsafe class HostSignals
{
    private const ulong SaRestorer = 0x04000000;
    private const ulong SaSiginfo = 4;

    // INJECT_ACTIVATION_SIGNAL of CoreCLR: SIGRTMIN as glibc has it.
    private const int RuntimesOwn = 34;

    // The .NET runtime needs these itself (faults become exceptions, 34 stops threads); glibc keeps 32 and 33; the rest cannot be caught.
    private static readonly ulong s_never = Bits(4, 5, 7, 8, 11, 9, 19, 32, 33, RuntimesOwn);

    /// <summary>Host signals that may be blocked without harm to the runtime.</summary>
    public static ulong Blockable => ~s_never & ~(1UL << (HostStubs.KickSignal - 1));

    private static readonly Lock s_readerLock = new();

    /// <summary>Installs the kick signal's handler and makes <paramref name="block"/> the thread that hears of signals on foreign threads.</summary>
    public static void Initialize(ThreadBlock* block)
    {
        HostStubs.Exchange->Fallback = block;
        Set(HostStubs.KickSignal, HostStubs.Handler, 0);
        DeferDuringRuntimesOwn();

        // SIGSEGV and SIGBUS stay the runtime's, which tells faults from signals that were sent.
        HostFaultHandler.SentSignalHandler = HostStubs.Handler;
    }

    /// <summary>Catches a host signal in the emitted handler. SA_NOCLDSTOP and SA_NOCLDWAIT in <paramref name="flags"/> pass through.</summary>
    public static void Catch(int hostSignal, ulong flags)
    {
        if (IsOurs(hostSignal))
        {
            Set(hostSignal, HostStubs.Handler, flags & (SignalAction.NoChildStop | SignalAction.NoChildWait));
        }
    }

    /// <summary>Leaves a host signal to the host's default action.</summary>
    public static void Default(int hostSignal, ulong flags = 0)
    {
        if (IsOurs(hostSignal))
        {
            Set(hostSignal, 0, flags & (SignalAction.NoChildStop | SignalAction.NoChildWait));
        }
    }

    /// <summary>Has the host drop a signal.</summary>
    public static void Ignore(int hostSignal)
    {
        if (IsOurs(hostSignal))
        {
            Set(hostSignal, 1, 0);
        }
    }

    /// <summary>True when the host ignores a signal: what a program inherits from nohup and the like.</summary>
    public static bool IsIgnored(int hostSignal)
    {
        KernelAction old = default;
        HostCall.Invoke(Syscall.RtSigaction, hostSignal, 0, (nint)(&old), 8);
        return old.Handler == 1;
    }

    /// <summary>Dies of a signal, as a program whose parent is to see it in the wait status. Does not return.</summary>
    public static void Die(int hostSignal)
    {
        Set(hostSignal, 0, 0);
        ulong bit = 1UL << (hostSignal - 1);
        HostCall.Invoke(Syscall.RtSigprocmask, 1, (nint)(&bit), 0, 8);
        var limit = stackalloc ulong[2];
        HostCall.Invoke(Syscall.Setrlimit, 4, (nint)limit);
        HostCall.Invoke(Syscall.Tgkill, HostProcess.Id, (nint)HostCall.Invoke(Syscall.Gettid), hostSignal);
        HostCall.Invoke(Syscall.ExitGroup, 128 + hostSignal);
    }

    /// <summary>
    /// Stops this process by one of the signals that do, which its parent sees in the wait status, and returns when it goes on (at once where the host does
    /// not stop an orphaned process group). The signal's disposition is the default afterwards: the caller sets it again.
    /// </summary>
    public static void Stop(int hostSignal)
    {
        Default(hostSignal);
        HostCall.Invoke(Syscall.Tgkill, HostProcess.Id, (nint)HostCall.Invoke(Syscall.Gettid), hostSignal);
    }

    /// <summary>Opens the calling thread's host mask for everything, as a thread that comes from fork or a blocked parent needs.</summary>
    public static void OpenMask()
    {
        ulong none = 0;
        HostCall.Invoke(Syscall.RtSigprocmask, 2, (nint)(&none), 0, 8);
    }

    /// <summary>Takes what the handler has queued, in order. Any thread; one at a time.</summary>
    public static void Drain(List<ArrivedSignal> into)
    {
        var exchange = HostStubs.Exchange;
        if (Volatile.Read(ref exchange->Tail) == Volatile.Read(ref exchange->Head))
        {
            return;
        }

        lock (s_readerLock)
        {
            var entries = SignalExchange.Entries(exchange);
            while (exchange->Head != Volatile.Read(ref exchange->Tail))
            {
                var entry = &entries[exchange->Head & (SignalExchange.EntryCount - 1)];
                var spin = default(SpinWait);
                while (Volatile.Read(ref entry->Ready) == 0)
                {
                    // A handler is between taking the slot and filling it: a few instructions, unless its thread was put aside.
                    spin.SpinOnce();
                }

                var info = MemoryMarshal.Read<SignalInfo>(new ReadOnlySpan<byte>(entry->Info, 128));
                var tid = entry->Tid;
                Volatile.Write(ref entry->Ready, 0);
                Volatile.Write(ref exchange->Head, exchange->Head + 1);
                info.Number = SignalNumbers.ToGuest(info.Number);
                if (info.Number != 0)
                {
                    into.Add(new ArrivedSignal(info, tid));
                }
            }
        }
    }

    /// <summary>
    /// Blocks our signals while .NET handles its own (34, with SA_RESTART). A handler that ran inside that one would not find the blocking stub in its
    /// frame, so it could not move the thread out of there; the stub's system call would be restarted without another look at the attention word.
    /// </summary>
    private static void DeferDuringRuntimesOwn()
    {
        KernelAction action = default;
        HostCall.Invoke(Syscall.RtSigaction, RuntimesOwn, 0, (nint)(&action), 8);
        if (action.Handler > 1)
        {
            action.Mask |= ~s_never;
            HostCall.Invoke(Syscall.RtSigaction, RuntimesOwn, (nint)(&action), 0, 8);
        }
    }

    private static bool IsOurs(int hostSignal) => hostSignal is > 0 and <= 64 && (s_never & (1UL << (hostSignal - 1))) == 0;

    private static void Set(int hostSignal, nint handler, ulong flags)
    {
        var action = new KernelAction
        {
            Handler = handler,
            Flags = flags | SaRestorer | SaSiginfo,
            Restorer = HostStubs.Restorer,
            Mask = ~s_never | (1UL << (RuntimesOwn - 1)),
        };
        HostCall.Invoke(Syscall.RtSigaction, hostSignal, (nint)(&action), 0, 8);
    }

    private static ulong Bits(params ReadOnlySpan<int> signals)
    {
        ulong bits = 0;
        foreach (var signal in signals)
        {
            bits |= 1UL << (signal - 1);
        }

        return bits;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct KernelAction
    {
        public nint Handler;
        public ulong Flags;
        public nint Restorer;
        public ulong Mask;
    }
}
