namespace Dragoman.Linux.Elf;

/// <summary>A file that cannot be executed; the message is one clear line without the file's name.</summary>
/// <param name="message">What is wrong.</param>
public sealed class ElfFormatException(string message) : Exception(message);
