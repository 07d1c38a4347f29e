using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Tcg.Il;

/// <summary>Compiles TBs to IL, one <see cref="DynamicMethod"/> each, which RyuJIT turns into host code. Any thread may compile; nothing is shared.</summary>
/// <param name="lowering">What the host must do for each access and barrier; null for the host's own table.</param>
public sealed class IlBackend(HostLowering? lowering = null) : ITcgBackend
{
    private static readonly Type[] s_parameters = [typeof(nint)];

    /// <inheritdoc/>
    public string Name => "il";

    /// <inheritdoc/>
    public unsafe void Settle(byte* env) => Recipe.Settle((nint)env);

    /// <inheritdoc/>
    public TbCode Compile(TcgContext context, in CompileRequest request) => Compile(context, request, lowering ?? HostLowering.Current, polls: true);

    /// <summary>Compiles a recipe: it runs to its end whatever is requested meanwhile.</summary>
    internal static TbCode CompileRecipe(TcgContext context) => Compile(context, new CompileRequest { Pc = 0 }, HostLowering.Current, polls: false);

    private static TbCode Compile(TcgContext context, in CompileRequest request, HostLowering lowering, bool polls)
    {
        DynamicMethod method = new($"tb_{request.Pc:x}", typeof(nint), s_parameters, typeof(IlBackend).Module, skipVisibility: true)
        {
            // Every local is written before it is read; zeroing them would cost a prologue a TB.
            InitLocals = false,
        };
        ILGenerator il = method.GetILGenerator(Math.Max(64, context.OpCount * 12));
        new IlCompiler(context, request, lowering, il).Emit(polls);

        RuntimeMethodHandle handle = GetMethodDescriptor(method);
        RuntimeHelpers.PrepareMethod(handle);
        return new IlTbCode(method, handle.GetFunctionPointer(), il.ILOffset);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern RuntimeMethodHandle GetMethodDescriptor(DynamicMethod method);
}
