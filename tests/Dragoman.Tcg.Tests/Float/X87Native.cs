using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Machine code that runs one x87 operation on the host: operands at rdi and rsi, result to rdx, control word at rcx, status word to r8.</summary>
internal sealed unsafe class X87Native : IDisposable
{
    private const nuint Size = 4096;

    private readonly byte* _code;

    /// <param name="operation">Loads its operands, and leaves the result in ST(0).</param>
    public X87Native(byte[] operation)
    {
        byte[] code =
        [
            0xDB, 0xE3, // fninit
            0xD9, 0x29, // fldcw [rcx]
            .. operation,
            0xDF, 0xE0, // fnstsw ax
            0x66, 0x41, 0x89, 0x00, // mov [r8], ax
            0xDB, 0x3A, // fstp tbyte [rdx]
            0xDB, 0xE3, // fninit
            0xC3, // ret
        ];
        const int ReadWriteExecute = 7;
        const int PrivateAnonymous = 0x22;
        _code = (byte*)mmap(0, Size, ReadWriteExecute, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, (nint)_code);
        code.CopyTo(new Span<byte>(_code, (int)Size));
    }

    public (Float80 Result, ushort Status) Run(Float80 a, Float80 b, X87Status environment)
    {
        byte* left = stackalloc byte[16];
        byte* right = stackalloc byte[16];
        byte* result = stackalloc byte[16];
        Put(left, a);
        Put(right, b);
        ushort control = (ushort)(0x3F | Precision(environment.Precision) << 8 | Rounding(environment.Rounding) << 10);
        ushort status;
        ((delegate* unmanaged<byte*, byte*, byte*, ushort*, ushort*, void>)_code)(left, right, result, &control, &status);
        return (new Float80(*(ushort*)(result + 8), *(ulong*)result), status);
    }

    public void Dispose() => _ = munmap((nint)_code, Size);

    private static void Put(byte* at, Float80 value)
    {
        *(ulong*)at = value.Significand;
        *(ushort*)(at + 8) = value.SignExponent;
    }

    private static int Precision(int bits) => bits switch
    {
        24 => 0,
        53 => 2,
        _ => 3,
    };

    private static int Rounding(FpRounding rounding) => rounding switch
    {
        FpRounding.NearestEven => 0,
        FpRounding.Down => 1,
        FpRounding.Up => 2,
        _ => 3,
    };

    [DllImport("libc")]
    private static extern nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int munmap(nint address, nuint length);
}
