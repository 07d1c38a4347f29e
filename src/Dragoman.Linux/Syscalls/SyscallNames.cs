using System.Text;

namespace Dragoman.Linux.Syscalls;

/// <summary>The kernel's spelling of call names.</summary>
internal static class SyscallNames
{
    /// <summary><see cref="Syscall.RtSigaction"/> is <c>rt_sigaction</c>.</summary>
    public static string Of(Syscall syscall)
    {
        var result = new StringBuilder();
        foreach (var c in syscall.ToString())
        {
            if (char.IsUpper(c))
            {
                result.Append(result.Length == 0 ? "" : "_").Append(char.ToLowerInvariant(c));
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
