namespace Dragoman.Machines.Loading;

/// <summary>A kernel, an initial RAM disk or what goes with them cannot be used; the message is one line for the user, without the file's name.</summary>
public sealed class KernelException(string message) : Exception(message);
