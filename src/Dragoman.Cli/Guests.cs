using System.Text;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Guests.X86;
using Dragoman.Linux.Host;
using Dragoman.Linux.Loading;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary>The guests that this command knows.</summary>
internal static class Guests
{
    /// <summary>Every guest.</summary>
    public static IReadOnlyList<IGuest> All { get; } = [AArch64Guest.Instance, AlphaGuest.Instance, X86Guest.Intel64, X86Guest.I386];

    /// <summary>Names for messages and help.</summary>
    public static string Names => string.Join(", ", All.Select(guest => guest.Name));

    /// <summary>The guest of an ELF machine number, or null.</summary>
    public static IGuest? ForMachine(int machine) => All.FirstOrDefault(guest => guest.ElfMachine == machine);

    /// <summary>The guest of an ELF machine number as the CPU model that <c>--cpu</c> names, or null.</summary>
    /// <exception cref="LaunchException">The guest has no such model.</exception>
    public static IGuest? ForMachine(int machine, string? cpu)
    {
        if (ForMachine(machine) is not { } guest || cpu is null)
        {
            return ForMachine(machine);
        }

        CpuModel model = CpuModel.Choose(guest.CpuModels, cpu, out string problem)
            ?? throw new LaunchException($"--cpu {cpu}: {guest.Name} has no CPU model or feature '{problem}'; '--cpu help' lists them", CommandHost.UsageError, Errno.ENOEXEC);
        return guest.WithCpu(model);
    }

    /// <summary>Text for <c>--cpu help</c>.</summary>
    public static string CpuHelp
    {
        get
        {
            StringBuilder text = new();
            foreach (IGuest guest in All)
            {
                text.AppendLine($"CPU models of {guest.Name} (the first is the default):");
                foreach (CpuModel model in guest.CpuModels)
                {
                    text.AppendLine($"  {model.Name,-14} {model.Summary}");
                }

                text.AppendLine($"Features, for MODEL,FEATURE=on or MODEL,FEATURE=off: {string.Join(' ', guest.CpuModels[0].FeatureNames)}");
            }

            return text.ToString();
        }
    }

    /// <summary>The guest of a name, or null.</summary>
    public static IGuest? Named(string name) => All.FirstOrDefault(guest => guest.Name == name);
}
