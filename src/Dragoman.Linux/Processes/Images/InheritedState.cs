using System.Runtime.InteropServices;
using Dragoman.Linux.Files;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Processes.Images;

/// <summary>What both fork and execve pass on.</summary>
internal sealed record InheritedState
{
    /// <summary>True when the process's parent is a guest that reads its wait status.</summary>
    public required bool HasGuestParent { get; init; }

    /// <summary>Blocked signals of the calling thread.</summary>
    public required ulong Mask { get; init; }

    /// <summary>Ignored signals.</summary>
    public required ulong Ignored { get; init; }

    /// <summary>Pending signals (execve only).</summary>
    public required SignalInfo[] Pending { get; init; }

    /// <summary>Open descriptors that stay open.</summary>
    public required IReadOnlyList<OpenFile> Files { get; init; }

    /// <summary>Remembered limits.</summary>
    public required IReadOnlyList<ResourceLimit> Limits { get; init; }

    /// <summary>RLIMIT_NOFILE for the guest's numbers.</summary>
    public required int FileLimit { get; init; }

    /// <summary>personality(2).</summary>
    public required uint Persona { get; init; }

    /// <summary>Host descriptor that a vfork parent waits on: it closes when the child executes or ends; -1 for none.</summary>
    public required int ReleasePipe { get; init; }

    public void Write(StateWriter writer)
    {
        writer.Write(HasGuestParent);
        writer.Write(Mask);
        writer.Write(Ignored);
        writer.Write(Pending, info => writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<SignalInfo>(in info))));
        writer.Write(Files, file =>
        {
            writer.Write(file.Guest);
            writer.Write(file.Host);
            writer.Write(file.CloseOnExec);
            writer.Write(file.IsSmall);
        });
        writer.Write(Limits, limit =>
        {
            writer.Write(limit.Resource);
            writer.Write(limit.Soft);
            writer.Write(limit.Hard);
        });
        writer.Write(FileLimit);
        writer.Write(Persona);
        writer.Write(ReleasePipe);
    }

    public static InheritedState Read(StateReader reader) => new()
    {
        HasGuestParent = reader.ReadBool(),
        Mask = reader.ReadULong(),
        Ignored = reader.ReadULong(),
        Pending = [.. reader.ReadList(() => MemoryMarshal.Read<SignalInfo>(reader.ReadBytes()))],
        Files = reader.ReadList(() => new OpenFile(reader.ReadInt(), reader.ReadInt(), reader.ReadBool(), reader.ReadBool())),
        Limits = reader.ReadList(() => new ResourceLimit(reader.ReadInt(), reader.ReadULong(), reader.ReadULong())),
        FileLimit = reader.ReadInt(),
        Persona = (uint)reader.ReadULong(),
        ReleasePipe = reader.ReadInt(),
    };
}
