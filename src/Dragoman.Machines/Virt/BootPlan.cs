using Dragoman.Machines.Loading;

namespace Dragoman.Machines.Virt;

/// <summary>What is in RAM when the machine begins, and how its first vCPU does.</summary>
/// <param name="Entry">Where it begins.</param>
/// <param name="Context">Its X0: the device tree's address for Linux, which others find at the start of RAM where there is room before the kernel.</param>
/// <param name="Pieces">Kernel, initial RAM disk, device tree.</param>
/// <param name="DeviceTree">The device tree, whether it is among the pieces or not.</param>
public sealed record BootPlan(ulong Entry, ulong Context, IReadOnlyList<KernelPiece> Pieces, byte[] DeviceTree)
{
    private const ulong Page = 0x1000, TwoMegabytes = 0x20_0000, FarEnough = 128 << 20;

    /// <summary>Plans.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="kernel">Its kernel.</param>
    /// <param name="initrd">The initial RAM disk, or nothing.</param>
    /// <exception cref="KernelException">RAM is too small.</exception>
    public static BootPlan Make(VirtOptions options, KernelImage kernel, ReadOnlyMemory<byte> initrd)
    {
        // Behind the kernel, and so far behind that it may unpack itself (Linux, booting.rst, section 3).
        var ramEnd = VirtMap.Ram + options.Memory;
        var start = Align(Math.Max(kernel.End, VirtMap.Ram + Math.Min(options.Memory / 2, FarEnough)), Page);
        var end = start + (ulong)initrd.Length;
        if (end > ramEnd)
        {
            throw new KernelException($"{options.Memory >> 20} MiB of RAM do not hold the kernel and an initial RAM disk of {initrd.Length:#,0} bytes");
        }

        var tree = VirtTree.Write(options, initrd.IsEmpty ? null : (start, end));
        List<KernelPiece> pieces = [.. kernel.Pieces];
        if (!initrd.IsEmpty)
        {
            pieces.Add(new KernelPiece(start, initrd, (ulong)initrd.Length));
        }

        if (!kernel.FollowsLinux)
        {
            if (VirtMap.Ram + (ulong)tree.Length <= kernel.Pieces.Min(piece => piece.Address))
            {
                pieces.Add(new KernelPiece(VirtMap.Ram, tree, (ulong)tree.Length));
            }

            return new BootPlan(kernel.Entry, 0, pieces, tree);
        }

        // It may not lie across a multiple of 2 MiB (booting.rst, section 2), unless RAM is that small.
        var at = Align(end, Align(end, TwoMegabytes) + (ulong)tree.Length <= ramEnd ? TwoMegabytes : Page);
        if (at + (ulong)tree.Length > ramEnd)
        {
            throw new KernelException($"{options.Memory >> 20} MiB of RAM do not hold the kernel and the device tree");
        }

        pieces.Add(new KernelPiece(at, tree, (ulong)tree.Length));
        return new BootPlan(kernel.Entry, at, pieces, tree);
    }

    /// <summary>First address and end of the largest part of RAM, in whole pages, that holds none of the pieces.</summary>
    public (ulong Start, ulong End) LargestGap(VirtOptions options)
    {
        var (start, best) = (VirtMap.Ram, (Start: VirtMap.Ram, End: VirtMap.Ram));
        var ends = Pieces.OrderBy(piece => piece.Address).Select(piece => (piece.Address, End: piece.Address + Math.Max(piece.Size, (ulong)piece.Content.Length)));
        foreach (var (address, end) in ends.Append((VirtMap.Ram + options.Memory, VirtMap.Ram + options.Memory)))
        {
            var last = address & ~(Page - 1);
            if (last > start && last - start > best.End - best.Start)
            {
                best = (start, last);
            }

            start = Math.Max(start, Align(end, Page));
        }

        return best;
    }

    private static ulong Align(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
