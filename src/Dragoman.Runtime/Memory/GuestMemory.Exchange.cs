namespace Dragoman.Runtime.Memory;

public sealed unsafe partial class GuestMemory
{
    /// <summary>
    /// Compares a word of the guest's with <paramref name="comparand"/> and, when they are equal, exchanges it for <paramref name="value"/>: one atomic step,
    /// as a kernel takes it on a user's memory. False (EFAULT) when the word may not be read and written or is not aligned. Takes the lock.
    /// </summary>
    /// <param name="address">Guest address of the word.</param>
    /// <param name="comparand">What it should hold.</param>
    /// <param name="value">What it then holds.</param>
    /// <param name="found">What it held; it was exchanged when this is <paramref name="comparand"/>.</param>
    public bool TryCompareExchange(ulong address, uint comparand, uint value, out uint found)
    {
        found = 0;
        if ((address & (sizeof(uint) - 1)) != 0 || address > Limit - sizeof(uint))
        {
            return false;
        }

        lock (SyncRoot)
        {
            // Read first: of a file that is too short the kernel is the one to find out, and only memory that answers is touched from here.
            if (!Check(address, sizeof(uint), GuestProtection.Write) || !TryRead(address, out uint _))
            {
                return false;
            }

            Code?.PrepareKernelWrite(address, sizeof(uint));
            found = Interlocked.CompareExchange(ref *(uint*)ToHost(address), value, comparand);
            return true;
        }
    }
}
