namespace Dragoman.Linux.Signals;

/// <summary>
/// Signal numbers of generic Linux (x86, Arm), their names and default actions, and how guest numbers become host numbers.
/// </summary>
public static class SignalNumbers
{
    public const int Hup = 1, Int = 2, Quit = 3, Ill = 4, Trap = 5, Abrt = 6, Bus = 7, Fpe = 8, Kill = 9, Usr1 = 10, Segv = 11, Usr2 = 12, Pipe = 13,
        Alrm = 14, Term = 15, Stkflt = 16, Chld = 17, Cont = 18, Stop = 19, Tstp = 20, Ttin = 21, Ttou = 22, Urg = 23, Xcpu = 24, Xfsz = 25,
        Vtalrm = 26, Prof = 27, Winch = 28, Io = 29, Pwr = 30, Sys = 31, FirstRealTime = 32, Last = 64;

    private static readonly string[] s_names =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE",
        "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM",
        "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The bit of a signal in a mask.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    /// <summary>Signals that cannot be blocked or caught.</summary>
    public static ulong Unblockable => Bit(Kill) | Bit(Stop);

    /// <summary>The name, as <c>kill -l</c> has it.</summary>
    public static string Name(int signal) => (uint)signal < (uint)s_names.Length ? s_names[signal] : $"SIGRT{signal}";

    /// <summary>What happens when there is no handler (signal(7)).</summary>
    public static DefaultAction DefaultOf(int signal) => signal switch
    {
        Chld or Urg or Winch => DefaultAction.Ignore,
        Cont => DefaultAction.Continue,
        Stop or Tstp or Ttin or Ttou => DefaultAction.Stop,
        Quit or Ill or Trap or Abrt or Bus or Fpe or Segv or Xcpu or Xfsz or Sys => DefaultAction.Core,
        _ => DefaultAction.Terminate,
    };

    /// <summary>
    /// The host's number for a guest's, or 0 when the host has none for it. glibc keeps 32 and 33 on the host, the .NET runtime 34 and this
    /// program 35, so the guest's 34 to 62 are 36 to 64, and its 32, 33, 63 and 64 exist only inside its own process.
    /// </summary>
    public static int ToHost(int guest) => guest switch
    {
        <= 31 => guest,
        >= 34 and <= 62 => guest + 2,
        _ => 0,
    };

    /// <summary>The guest's number for a host's, or 0.</summary>
    public static int ToGuest(int host) => host switch
    {
        <= 31 => host,
        >= 36 and <= 64 => host - 2,
        _ => 0,
    };
}

/// <summary>What a signal does when there is no handler.</summary>
public enum DefaultAction
{
    Terminate,
    Core,
    Ignore,
    Stop,
    Continue,
}
