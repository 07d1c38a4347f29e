namespace Dragoman.Runtime.Execution;

/// <summary>What kind of access a memory fault comes from.</summary>
public enum GuestAccess
{
    Read,
    Write,
    Execute,
}
