namespace Dragoman.Runtime.Memory;

/// <summary>Reading and writing guest memory from outside translated code, where a fault would end the process.</summary>
public sealed unsafe partial class GuestMemory
{
    /// <summary>Copies from the guest. False (EFAULT) when part of the range may not be read or lies past a file's end. Takes the lock.</summary>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            return TryCopy(address, pointer, (ulong)destination.Length, GuestProtection.Read);
        }
    }

    /// <summary>Copies to the guest, as a store of the guest would. False (EFAULT) when part of the range may not be written. Takes the lock.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
        {
            return TryCopy(address, pointer, (ulong)source.Length, GuestProtection.Write);
        }
    }

    /// <summary>Reads a value of the guest's, in host byte order.</summary>
    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        fixed (T* pointer = &value)
        {
            *pointer = default;
            return TryCopy(address, (byte*)pointer, (ulong)sizeof(T), GuestProtection.Read);
        }
    }

    /// <summary>Writes a value to the guest, in host byte order.</summary>
    public bool TryWrite<T>(ulong address, T value)
        where T : unmanaged => TryCopy(address, (byte*)&value, (ulong)sizeof(T), GuestProtection.Write);

    private bool TryCopy(ulong address, byte* host, ulong length, GuestProtection access)
    {
        if (address > Limit || length > Limit - address)
        {
            return false;
        }

        lock (SyncRoot)
        {
            if (!Check(address, length, access))
            {
                return false;
            }

            if (access == GuestProtection.Write)
            {
                Code?.PrepareKernelWrite(address, length);
            }

            // The lock keeps the mappings; only a file can still be too short. Then the kernel is the one to find out.
            var guest = ToHost(address);
            foreach (var mapping in _mappings.Within(address, address + length))
            {
                if (mapping.Backing is { Device: not 0 })
                {
                    return CopyThroughKernel(guest, host, (nuint)length, access)
                        || (FillFileEnds(address, length) && CopyThroughKernel(guest, host, (nuint)length, access));
                }
            }

            var isWrite = access == GuestProtection.Write;
            Buffer.MemoryCopy(isWrite ? host : guest, isWrite ? guest : host, length, length);
            return true;
        }
    }

    private static bool CopyThroughKernel(byte* guest, byte* host, nuint length, GuestProtection access)
    {
        var local = new HostMemory.IoVector { Base = host, Length = length };
        var remote = new HostMemory.IoVector { Base = guest, Length = length };
        var copied = access == GuestProtection.Write
            ? HostMemory.WriteVector(HostMemory.ProcessId(), &local, 1, &remote, 1, 0)
            : HostMemory.ReadVector(HostMemory.ProcessId(), &local, 1, &remote, 1, 0);
        return copied == (nint)length;
    }
}
