using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Memory;

/// <summary>
/// A descriptor for every object that is mapped shared, so that a child can map it too: fork passes no mappings on, and a guest may have
/// closed the descriptor that it mapped. Anonymous shared memory is a memory file for the same reason. Any thread.
/// </summary>
internal sealed class SharedObjects
{
    private const int DuplicateCloseOnExec = 1030;

    private readonly Lock _lock = new();
    private readonly Dictionary<GuestBacking, int> _descriptors = [];

    /// <summary>The kept descriptor of an object, or -1.</summary>
    public int Find(GuestBacking backing)
    {
        lock (_lock)
        {
            return _descriptors.GetValueOrDefault(backing, -1);
        }
    }

    /// <summary>Keeps a copy of a descriptor that is being mapped shared.</summary>
    public void Keep(GuestBacking backing, int descriptor)
    {
        lock (_lock)
        {
            if (!_descriptors.ContainsKey(backing) && HostCall.Invoke(Syscall.Fcntl, descriptor, DuplicateCloseOnExec, 0) is >= 0 and var copy)
            {
                _descriptors.Add(backing, (int)copy);
            }
        }
    }

    /// <summary>Takes a descriptor over from a parent.</summary>
    public void Adopt(GuestBacking backing, int descriptor)
    {
        HostCall.Invoke(Syscall.Fcntl, descriptor, 2, 1);
        lock (_lock)
        {
            _descriptors[backing] = descriptor;
        }
    }

    /// <summary>Closes all of them, when the memory goes.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (var descriptor in _descriptors.Values)
            {
                HostCall.Invoke(Syscall.Close, descriptor);
            }

            _descriptors.Clear();
        }
    }

    /// <summary>Closes what is mapped no more, and lists the rest.</summary>
    public IReadOnlyList<int> Prune(IReadOnlyList<GuestMapping> mappings)
    {
        var live = mappings.Where(mapping => mapping.Backing is not null).Select(mapping => mapping.Backing!).ToHashSet();
        lock (_lock)
        {
            foreach (var (backing, descriptor) in _descriptors.Where(entry => !live.Contains(entry.Key)).ToArray())
            {
                HostCall.Invoke(Syscall.Close, descriptor);
                _descriptors.Remove(backing);
            }

            return [.. _descriptors.Values];
        }
    }
}
