using System.Globalization;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Strace;

/// <summary>Where a signal comes from, as text (sigaction(2)).</summary>
internal static class SignalCodeText
{
    private static readonly string[] s_segv = ["SEGV_MAPERR", "SEGV_ACCERR"];
    private static readonly string[] s_bus = ["BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"];
    private static readonly string[] s_fpe = ["FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB"];
    private static readonly string[] s_ill = ["ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC"];
    private static readonly string[] s_trap = ["TRAP_BRKPT", "TRAP_TRACE"];
    private static readonly string[] s_child = ["CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"];

    /// <summary>The name of si_code, or its number.</summary>
    public static string Of(in SignalInfo info)
    {
        string[] names = info.Number switch
        {
            SignalNumbers.Segv => s_segv,
            SignalNumbers.Bus => s_bus,
            SignalNumbers.Fpe => s_fpe,
            SignalNumbers.Ill => s_ill,
            SignalNumbers.Trap => s_trap,
            SignalNumbers.Chld => s_child,
            _ => [],
        };
        return info.Code switch
        {
            SignalInfo.SiUser => "SI_USER",
            SignalInfo.SiKernel => "SI_KERNEL",
            SignalInfo.SiQueue => "SI_QUEUE",
            SignalInfo.SiTimer => "SI_TIMER",
            SignalInfo.SiTkill => "SI_TKILL",
            > 0 when info.Code <= names.Length => names[info.Code - 1],
            _ => info.Code.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The address of a fault, the sender of others.</summary>
    public static string OriginOf(in SignalInfo info) =>
        info.Number is SignalNumbers.Segv or SignalNumbers.Bus or SignalNumbers.Fpe or SignalNumbers.Ill or SignalNumbers.Trap && info.Code > 0
            ? string.Create(CultureInfo.InvariantCulture, $", si_addr=0x{info.Address:x}")
            : info.Code is SignalInfo.SiUser or SignalInfo.SiQueue or SignalInfo.SiTkill || info.Number == SignalNumbers.Chld
                ? string.Create(CultureInfo.InvariantCulture, $", si_pid={info.Process}, si_uid={info.User}")
                : "";
}
