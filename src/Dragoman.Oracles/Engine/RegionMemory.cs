using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Tcg.Abi;

namespace Dragoman.Oracles.Engine;

/// <summary>The memory of a running guest: what lies in its region is touched where it is, so that the host faults as for any other engine.</summary>
internal sealed unsafe class RegionMemory(nint env, int limitLog2) : OracleMemory
{
    public override byte* Find(ulong start, ulong address, int bytes, bool writes)
    {
        if (address >> limitLog2 != 0)
        {
            return null;
        }

        if (writes)
        {
            LockstepBackend.Keep((byte*)env, address, (ulong)bytes);
        }

        return ((VcpuHeader*)env)->GuestBase + address;
    }
}
