using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary>The guests that this command knows.</summary>
internal static class Guests
{
    /// <summary>Every guest.</summary>
    public static IReadOnlyList<IGuest> All { get; } = [AArch64Guest.Instance, AlphaGuest.Instance];

    /// <summary>Names for messages and help.</summary>
    public static string Names => string.Join(", ", All.Select(guest => guest.Name));

    /// <summary>The guest of an ELF machine number, or null.</summary>
    public static IGuest? ForMachine(int machine) => All.FirstOrDefault(guest => guest.ElfMachine == machine);

    /// <summary>The guest of a name, or null.</summary>
    public static IGuest? Named(string name) => All.FirstOrDefault(guest => guest.Name == name);
}
