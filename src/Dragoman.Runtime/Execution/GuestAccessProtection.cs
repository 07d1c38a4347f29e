using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.Execution;

/// <summary>What accesses need of pages.</summary>
public static class GuestAccessProtection
{
    /// <summary>The protection that an access needs.</summary>
    public static GuestProtection Needs(this GuestAccess access) => access switch
    {
        GuestAccess.Read => GuestProtection.Read,
        GuestAccess.Write => GuestProtection.Write,
        _ => GuestProtection.Execute,
    };
}
