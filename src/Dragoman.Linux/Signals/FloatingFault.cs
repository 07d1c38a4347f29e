namespace Dragoman.Linux.Signals;

/// <summary>si_code of SIGFPE (include/uapi/asm-generic/siginfo.h).</summary>
internal static class FloatingFault
{
    public const int IntegerDivide = 1, IntegerOverflow = 2, DivideByZero = 3, Overflow = 4, Underflow = 5, Inexact = 6, Invalid = 7, Unknown = 14;
}
