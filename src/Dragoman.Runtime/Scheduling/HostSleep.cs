using System.Runtime.InteropServices;

namespace Dragoman.Runtime.Scheduling;

/// <summary>Sleeps of less than a millisecond, which .NET does not offer.</summary>
internal static unsafe partial class HostSleep
{
    /// <summary>Sleeps for some nanoseconds, less than a second; a signal may end it.</summary>
    public static void Nanoseconds(long nanoseconds)
    {
        var time = new Time { Nanoseconds = nanoseconds };
        _ = Sleep(&time, null);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(Time* requested, Time* rest);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
