namespace Dragoman.Runtime.Memory;

/// <summary>What the guest may do with a page. The numbers are Linux's PROT_READ, PROT_WRITE and PROT_EXEC, the same on every guest.</summary>
[Flags]
public enum GuestProtection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}
