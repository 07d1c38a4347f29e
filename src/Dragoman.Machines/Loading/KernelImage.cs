namespace Dragoman.Machines.Loading;

/// <summary>What of a kernel's file goes where.</summary>
/// <param name="Entry">Physical address where it begins.</param>
/// <param name="Pieces">Bytes by physical address; memory behind them that has to be there, zeroed or not, is counted.</param>
/// <param name="FollowsLinux">Whether it begins as Linux does: with the device tree's address in X0.</param>
public sealed record KernelImage(ulong Entry, IReadOnlyList<KernelPiece> Pieces, bool FollowsLinux)
{
    /// <summary>The first address behind the kernel.</summary>
    public ulong End => Pieces.Max(piece => piece.Address + piece.Size);
}
