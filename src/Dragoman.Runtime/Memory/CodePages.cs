namespace Dragoman.Runtime.Memory;

/// <summary>The guest pages that hold translated code: write-protected on the host, so that a store to one is seen.</summary>
public sealed class CodePages
{
    /// <summary>Forgets all code translated from a range, and takes its pages out of write protection. Takes the memory's lock.</summary>
    public void Invalidate(ulong address, ulong length)
    {
    }

    /// <summary>
    /// Readies a range for a write by the host's kernel, which would otherwise fail with EFAULT on a page that is protected for its code.
    /// When the system call fails with EFAULT all the same while the guest may write the range, another vCPU has translated from it in between: call again and retry.
    /// </summary>
    public void PrepareKernelWrite(ulong address, ulong length)
    {
    }
}
