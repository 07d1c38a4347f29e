namespace Dragoman.Runtime.SoftMmu;

/// <summary>Who is told of stores to pages that hold translated code.</summary>
public interface ITranslatedCode
{
    /// <summary>
    /// Bytes of a page that is clean for <see cref="DirtyClients.Code"/> have been stored to: drops what was translated from them and, when nothing is
    /// left on the page, sets it dirty. Both under the lock under which it translates, so that a page cannot lose its protection to a translation
    /// that is just being made. On the vCPU's thread, after the store and a full fence.
    /// </summary>
    void Written(RamBlock block, ulong offset, int length);
}
