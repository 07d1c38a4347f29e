namespace Dragoman.Machines.Loading;

/// <summary>Tells what a kernel's file is: ELF, Linux's Image, or anything else, which is taken as it is.</summary>
public static class KernelFormat
{
    /// <summary>Where an image goes that does not say where: so far behind the start of RAM.</summary>
    private const ulong DefaultOffset = 0x8_0000;

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="ramStart">Physical address of RAM.</param>
    /// <param name="ramSize">Bytes of RAM.</param>
    /// <exception cref="KernelException">It cannot be loaded into this RAM.</exception>
    public static KernelImage Read(ReadOnlyMemory<byte> file, ulong ramStart, ulong ramSize)
    {
        if (file.IsEmpty)
        {
            throw new KernelException("the file is empty");
        }

        var image = ElfKernel.Is(file.Span) ? ElfKernel.Read(file)
            : LinuxImage.Is(file.Span) ? LinuxImage.Read(file, ramStart)
            : new KernelImage(ramStart + DefaultOffset, [new KernelPiece(ramStart + DefaultOffset, file, (ulong)file.Length)], FollowsLinux: true);
        foreach (var piece in image.Pieces)
        {
            if (piece.Address < ramStart || piece.Address - ramStart > ramSize || piece.Size > ramSize - (piece.Address - ramStart))
            {
                throw new KernelException($"{piece.Size:#,0} bytes of it go to 0x{piece.Address:x}, but RAM is 0x{ramStart:x} to 0x{ramStart + ramSize - 1:x}");
            }
        }

        return image;
    }
}
