using System.Runtime.CompilerServices;

namespace Dragoman.Linux.Syscalls;

/// <summary>Up to six register arguments.</summary>
[InlineArray(6)]
public struct SyscallArguments
{
    private ulong _first;

    /// <summary>The argument as a C <c>int</c>.</summary>
    public readonly int Int(int index) => (int)this[index];

    /// <summary>The argument as a C <c>unsigned int</c>.</summary>
    public readonly uint UInt(int index) => (uint)this[index];

    /// <summary>The argument as a C <c>long</c> of a 64-bit guest.</summary>
    public readonly long Long(int index) => (long)this[index];
}
