namespace Dragoman.Runtime.Memory;

/// <summary>The cases of mremap(2). Under the lock.</summary>
public sealed unsafe partial class GuestMemory
{
    private long RemapLocked(ulong oldAddress, ulong oldLength, ulong newLength, GuestRemapFlags flags, ulong newAddress)
    {
        // What only gives up memory may give up that of others behind it too.
        var shrinks = newLength < oldLength && (flags & (GuestRemapFlags.Fixed | GuestRemapFlags.DontUnmap)) == 0;
        if (_mappings.Find(oldAddress) is not { } mapping || (oldAddress + oldLength > mapping.End && !shrinks))
        {
            return -HostMemory.EFAULT;
        }

        if (oldLength == 0 && (mapping.Flags & GuestMapFlags.Shared) == 0)
        {
            return -HostMemory.EINVAL;
        }

        var isFixed = (flags & GuestRemapFlags.Fixed) != 0;
        if (!isFixed && oldLength != 0 && (flags & GuestRemapFlags.DontUnmap) == 0)
        {
            if (newLength <= oldLength)
            {
                var excess = oldLength - newLength;
                return excess != 0 && Unmap(oldAddress + newLength, excess) is < 0 and var error ? error : (long)oldAddress;
            }

            // Growing private anonymous memory in place is mapping more of it; the host joins the two.
            var growEnd = oldAddress + newLength;
            if (mapping.Backing is null && IsRange(oldAddress, newLength) && oldAddress + oldLength == mapping.End
                && _mappings.IsFree(oldAddress + oldLength, growEnd))
            {
                var more = Map(oldAddress + oldLength, newLength - oldLength, mapping.Protection, mapping.Flags | GuestMapFlags.Fixed | GuestMapFlags.Anonymous, name: mapping.Name);
                return more < 0 ? more : (long)oldAddress;
            }

            if ((flags & GuestRemapFlags.MayMove) == 0)
            {
                return -HostMemory.ENOMEM;
            }
        }

        if (isFixed)
        {
            if (!IsRange(newAddress, newLength) || (newAddress < oldAddress + oldLength && oldAddress < newAddress + newLength))
            {
                return -HostMemory.EINVAL;
            }
        }
        else if (FindFree(newAddress, newLength, MinimumAddress, Limit) is { } free)
        {
            newAddress = free;
        }
        else
        {
            return -HostMemory.ENOMEM;
        }

        return Move(mapping, oldAddress, oldLength, newLength, (flags & GuestRemapFlags.DontUnmap) != 0, newAddress);
    }

    private long Move(GuestMapping mapping, ulong oldAddress, ulong oldLength, ulong newLength, bool dontUnmap, ulong newAddress)
    {
        // The host's pages move with their protection, so they must have the guest's.
        Code?.Release(oldAddress, oldLength);
        Changing(oldAddress, oldLength, $"move to {newAddress:x}");
        Changing(newAddress, newLength, $"move from {oldAddress:x}");

        // With MREMAP_DONTUNMAP (Linux 5.7; for files 5.13) the old range never is a hole that another thread's mmap could take.
        // It needs equal lengths, so what the guest gives up goes first and what it gains is mapped after, where that is possible.
        if (newLength < oldLength)
        {
            if (Release(oldAddress + newLength, oldLength - newLength) is < 0 and var error)
            {
                return error;
            }

            oldLength = newLength;
        }

        var remap = HostMemory.RemapMayMove | HostMemory.RemapFixed;
        byte* result;
        var grows = newLength > oldLength;
        if (!grows || (mapping.Backing is null && oldLength != 0))
        {
            result = HostMemory.Remap(ToHost(oldAddress), (nuint)oldLength, (nuint)oldLength, remap | HostMemory.RemapDontUnmap, ToHost(newAddress));
            if (result == HostMemory.Failed)
            {
                return HostMemory.LastError();
            }

            if (grows)
            {
                var flags = (int)(mapping.Flags & (GuestMapFlags.Private | GuestMapFlags.NoReserve)) | HostMemory.MapAnonymous | HostMemory.MapFixed;
                result = HostMemory.Map(ToHost(newAddress + oldLength), (nuint)(newLength - oldLength), HostProtection(mapping.Protection), flags, -1, 0);
            }
        }
        else
        {
            result = HostMemory.Remap(ToHost(oldAddress), (nuint)oldLength, (nuint)newLength, remap, ToHost(newAddress));
        }

        if (result == HostMemory.Failed)
        {
            return HostMemory.LastError();
        }

        if (oldLength != 0 && !dontUnmap && Release(oldAddress, oldLength) is < 0 and var releaseError)
        {
            return releaseError;
        }

        _mappings.Remove(newAddress, newAddress + newLength);
        _mappings.Add(mapping with
        {
            Start = newAddress,
            End = newAddress + newLength,
            Offset = mapping.Backing is null ? 0 : mapping.Offset + (oldAddress - mapping.Start),
        });
        return (long)newAddress;
    }
}
