namespace Dragoman.Linux.Loading;

/// <summary>What a process was loaded from and how it looks in /proc/self. Strings are bytes as Latin-1.</summary>
/// <param name="Path">Absolute path of the executable, as /proc/self/exe shows it.</param>
/// <param name="Arguments">argv.</param>
/// <param name="Environment">envp.</param>
/// <param name="Auxiliary">The auxiliary vector's bytes.</param>
/// <param name="StackTop">First address past the stack.</param>
/// <param name="StackBottom">Lowest address of the stack.</param>
/// <param name="ArgumentStart">Guest address of argv[0]'s bytes.</param>
public sealed record LoadedProgram(
    string Path,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    byte[] Auxiliary,
    ulong StackTop,
    ulong StackBottom,
    ulong ArgumentStart);
