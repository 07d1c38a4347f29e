using System.Buffers.Binary;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.X86;

/// <summary>
/// What signal frames hold behind the FXSAVE image, and the words in it that tell of that: struct _xstate and struct _fpx_sw_bytes of
/// arch/x86/include/uapi/asm/sigcontext.h, in XSAVE's standard form (Intel SDM 1, 13.4). A CPU without XSAVE has nothing there.
/// </summary>
internal sealed unsafe class X86ExtendedState
{
    // What software may use of the image: two magic numbers around the whole, its size with and without the second, the parts that it has.
    private const int FirstMagic = 464, ExtendedSize = 468, Parts = 472, StateSize = 480;
    private const uint FirstMagicValue = 0x46505853, SecondMagicValue = 0x46505845;
    private const int MagicBytes = 4;

    private const int Header = X86FloatRegisters.ImageSize, HeaderBytes = 64, Upper = Header + HeaderBytes, UpperBytes = 16;
    private const ulong LegacyParts = 3, UpperPart = 4;

    private readonly int[] _upper;
    private readonly int _stateSize;
    private readonly ulong _parts;

    public X86ExtendedState(CpuModel cpu, IReadOnlyDictionary<string, GuestRegister> byName)
    {
        var upper = cpu.Has("AVX") ? Enumerable.Range(0, X86FloatRegisters.VectorRegisters).Select(i => byName["YMMH" + i].Offset) : [];
        _upper = [.. upper];
        _parts = LegacyParts | (_upper.Length > 0 ? UpperPart : 0);
        _stateSize = cpu.Has("XSAVE") ? Upper + (UpperBytes * _upper.Length) : Header;
        Size = _stateSize == Header ? Header : _stateSize + MagicBytes;
    }

    /// <summary>Bytes of the whole image.</summary>
    public int Size { get; }

    /// <summary>Whether there is more than FXSAVE's image.</summary>
    public bool Exists => Size > Header;

    /// <summary>Fills in what is not FXSAVE's.</summary>
    public void Save(Vcpu vcpu, Span<byte> image)
    {
        if (!Exists)
        {
            return;
        }

        image[Header..].Clear();
        Put(image, FirstMagic, FirstMagicValue);
        Put(image, ExtendedSize, (uint)Size);
        BinaryPrimitives.WriteUInt64LittleEndian(image[Parts..], _parts);
        Put(image, StateSize, (uint)_stateSize);
        BinaryPrimitives.WriteUInt64LittleEndian(image[Header..], _parts);
        for (var i = 0; i < _upper.Length; i++)
        {
            new ReadOnlySpan<byte>(vcpu.Env + _upper[i], UpperBytes).CopyTo(image[(Upper + (UpperBytes * i))..]);
        }

        Put(image, _stateSize, SecondMagicValue);
    }

    /// <summary>Whether an image's own words say that there is more than FXSAVE's, in a form that fits.</summary>
    public bool IsExtended(ReadOnlySpan<byte> image) =>
        Exists && Get(image, FirstMagic) == FirstMagicValue && Get(image, StateSize) == (uint)_stateSize && Get(image, ExtendedSize) == (uint)Size
        && Get(image, _stateSize) == SecondMagicValue;

    /// <summary>The parts that an image has: of the others the initial state is restored. An image that is only FXSAVE's has the legacy ones.</summary>
    public ulong PartsOf(ReadOnlySpan<byte> image) => !IsExtended(image) ? LegacyParts
        : BinaryPrimitives.ReadUInt64LittleEndian(image[Header..]) & BinaryPrimitives.ReadUInt64LittleEndian(image[Parts..]) & _parts;

    /// <summary>
    /// Whether XRSTOR takes an image's header (Intel SDM 1, 13.8.1): no parts that XCR0 has not, no compacted form, and nothing in its first reserved bytes.
    /// </summary>
    public bool IsRestorable(ReadOnlySpan<byte> image) => !IsExtended(image)
        || ((BinaryPrimitives.ReadUInt64LittleEndian(image[Header..]) & ~_parts) == 0 && !image.Slice(Header + sizeof(ulong), 16).ContainsAnyExcept((byte)0));

    /// <summary>Takes what is not FXSAVE's from an image, or clears it.</summary>
    public void Load(Vcpu vcpu, ReadOnlySpan<byte> image, bool isPresent)
    {
        for (var i = 0; i < _upper.Length; i++)
        {
            var register = new Span<byte>(vcpu.Env + _upper[i], UpperBytes);
            register.Clear();
            if (isPresent)
            {
                image.Slice(Upper + (UpperBytes * i), UpperBytes).CopyTo(register);
            }
        }
    }

    /// <summary>Whether the upper halves are among the parts.</summary>
    public static bool HasUpper(ulong parts) => (parts & UpperPart) != 0;

    private static void Put(Span<byte> image, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image[offset..], value);

    private static uint Get(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);
}
