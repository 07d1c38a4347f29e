namespace Dragoman.Oracles;

/// <summary>Guest memory as an oracle sees it.</summary>
public abstract unsafe class OracleMemory
{
    /// <summary>Where an access takes place on the host, or null where the guest's address rule refuses it.</summary>
    /// <param name="start">The instruction's base address, before its displacement; ignored address bits are off.</param>
    /// <param name="address">The access's address; ignored address bits are off.</param>
    /// <param name="bytes">Bytes of the access.</param>
    /// <param name="writes">True when they will be written.</param>
    public abstract byte* Find(ulong start, ulong address, int bytes, bool writes);
}
