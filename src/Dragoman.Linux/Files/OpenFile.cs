namespace Dragoman.Linux.Files;

/// <summary>An open descriptor.</summary>
/// <param name="Guest">The guest's number.</param>
/// <param name="Host">The host's.</param>
/// <param name="CloseOnExec">FD_CLOEXEC, where it was asked for.</param>
/// <param name="IsSmall">True where the guest has opened it without O_LARGEFILE, which the host always adds.</param>
internal sealed record OpenFile(int Guest, int Host, bool CloseOnExec, bool IsSmall);
