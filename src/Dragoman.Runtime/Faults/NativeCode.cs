using Dragoman.Runtime.Memory;
using Iced.Intel;

namespace Dragoman.Runtime.Faults;

/// <summary>Small pieces of host code, each assembled into a page of its own that is never freed.</summary>
internal static unsafe class NativeCode
{
    private const int PageSize = 4096;

    /// <summary>Assembles code at the start of a new executable page; <paramref name="labels"/> are resolved to addresses.</summary>
    public static nint Emit(Assembler assembler, ReadOnlySpan<Label> labels = default, Span<nint> addresses = default)
    {
        var page = HostMemory.Map(
            null, PageSize, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapPrivate | HostMemory.MapAnonymous, -1, 0);
        if (page == HostMemory.Failed)
        {
            throw new OutOfMemoryException("No page for host code.");
        }

        using var code = new MemoryStream();
        var result = assembler.Assemble(new StreamCodeWriter(code), (ulong)page, BlockEncoderOptions.ReturnNewInstructionOffsets);
        for (var i = 0; i < labels.Length; i++)
        {
            addresses[i] = (nint)result.GetLabelRIP(labels[i]);
        }

        code.ToArray().CopyTo(new Span<byte>(page, PageSize));
        if (HostMemory.Protect(page, PageSize, HostMemory.ProtRead | HostMemory.ProtExec) != 0)
        {
            throw new InvalidOperationException($"mprotect failed with error {-HostMemory.LastError()}.");
        }

        return (nint)page;
    }
}
