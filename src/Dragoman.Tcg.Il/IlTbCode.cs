using System.Reflection.Emit;
using Dragoman.Tcg.Backends;

namespace Dragoman.Tcg.Il;

/// <summary>Compiled TB. Its pointer is valid as long as this object is referenced: it keeps the method alive.</summary>
internal sealed unsafe class IlTbCode : TbCode
{
    private readonly DynamicMethod _method;
    private readonly int _size;

    public IlTbCode(DynamicMethod method, nint entryPoint, int ilSize)
    {
        _method = method;
        EntryPoint = entryPoint;
        _size = ilSize;
    }

    /// <summary>Bytes of IL: RyuJIT does not tell the size of the code that it made of them.</summary>
    public override int Size => _size;

    /// <inheritdoc/>
    public override nint Execute(byte* env)
    {
        nint exit = ((delegate*<nint, nint>)EntryPoint)((nint)env);
        GC.KeepAlive(_method);
        return exit;
    }
}
