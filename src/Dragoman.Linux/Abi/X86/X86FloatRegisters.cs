using System.Buffers.Binary;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.X86;

/// <summary>
/// x87 and SSE state, to and from the image that FXSAVE writes (Intel SDM 2A, table 3-46), as signal frames hold it. What the guest's description
/// lacks is at its initial values there, and is not restored.
/// </summary>
internal sealed unsafe class X86FloatRegisters
{
    /// <summary>Bytes of the image.</summary>
    public const int ImageSize = 512;

    /// <summary>Places in the image: control, status and tag words of x87, MXCSR and its mask, the stack from its top, the vector registers.</summary>
    public const int ControlWord = 0, StatusWord = 2, TagWord = 4, Stack = 32;

    private const int Mxcsr = 24, MxcsrMask = 28, Vectors = 160, Spacing = 16;
    private const ushort InitialControl = 0x37F;
    private const uint InitialMxcsr = 0x1F80, KnownMxcsr = 0xFFFF;
    private const int StackRegisters = 8, VectorRegisters = 16;

    private readonly FpEnvironmentLayout? _environment;
    private readonly int[] _vectors;
    private readonly int[] _significands;
    private readonly int[] _exponents;
    private readonly int _mxcsr;
    private readonly int _control;
    private readonly int _status;
    private readonly int _tag;

    public X86FloatRegisters(IGuest guest, IReadOnlyDictionary<string, GuestRegister> byName)
    {
        int Place(string name) => byName.TryGetValue(name, out var register) ? register.Offset : -1;
        int[] Places(string name, int count) => Place(name + "0") < 0 ? [] : [.. Enumerable.Range(0, count).Select(i => byName[name + i].Offset)];
        _environment = guest.FpEnvironment;
        _vectors = Places("XMM", VectorRegisters);
        _significands = Places("FPR", StackRegisters);
        _exponents = Places("FPX", StackRegisters);
        _mxcsr = Place("MXCSR");
        _control = Place("FCW");
        _status = Place("FSW");
        _tag = Place("FTW");
    }

    /// <summary>Whether the guest has x87 or vector registers at all.</summary>
    public bool Exist => _vectors.Length != 0 || _significands.Length != 0;

    /// <summary>Fills in an image.</summary>
    public void Save(Vcpu vcpu, Span<byte> image)
    {
        _environment?.Store(vcpu.Env);
        WriteInitial(image);
        if (_control >= 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], Short(vcpu, _control));
            BinaryPrimitives.WriteUInt16LittleEndian(image[StatusWord..], Short(vcpu, _status));
            image[TagWord] = vcpu.Env[_tag];
        }

        for (var i = 0; i < _significands.Length; i++)
        {
            var physical = Physical(Short(vcpu, _status), i);
            BinaryPrimitives.WriteUInt64LittleEndian(image[(Stack + (Spacing * i))..], *(ulong*)(vcpu.Env + _significands[physical]));
            BinaryPrimitives.WriteUInt16LittleEndian(image[(Stack + (Spacing * i) + 8)..], Short(vcpu, _exponents[physical]));
        }

        for (var i = 0; i < _vectors.Length; i++)
        {
            new ReadOnlySpan<byte>(vcpu.Env + _vectors[i], Spacing).CopyTo(image[(Vectors + (Spacing * i))..]);
        }

        if (_mxcsr >= 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], *(uint*)(vcpu.Env + _mxcsr));
        }
    }

    /// <summary>Takes the state from an image. Reserved bits of MXCSR are dropped, as the kernel drops them.</summary>
    public void Load(Vcpu vcpu, ReadOnlySpan<byte> image)
    {
        if (_control >= 0)
        {
            Short(vcpu, _control) = BinaryPrimitives.ReadUInt16LittleEndian(image[ControlWord..]);
            Short(vcpu, _status) = BinaryPrimitives.ReadUInt16LittleEndian(image[StatusWord..]);
            vcpu.Env[_tag] = image[TagWord];
        }

        for (var i = 0; i < _significands.Length; i++)
        {
            var physical = Physical(Short(vcpu, _status), i);
            *(ulong*)(vcpu.Env + _significands[physical]) = BinaryPrimitives.ReadUInt64LittleEndian(image[(Stack + (Spacing * i))..]);
            Short(vcpu, _exponents[physical]) = BinaryPrimitives.ReadUInt16LittleEndian(image[(Stack + (Spacing * i) + 8)..]);
        }

        for (var i = 0; i < _vectors.Length; i++)
        {
            image.Slice(Vectors + (Spacing * i), Spacing).CopyTo(new Span<byte>(vcpu.Env + _vectors[i], Spacing));
        }

        if (_mxcsr >= 0)
        {
            *(uint*)(vcpu.Env + _mxcsr) = BinaryPrimitives.ReadUInt32LittleEndian(image[Mxcsr..]) & KnownMxcsr;
        }

        _environment?.Load(vcpu.Env);
    }

    /// <summary>The state that programs and signal handlers start with.</summary>
    public void Clear(Vcpu vcpu)
    {
        Span<byte> image = stackalloc byte[ImageSize];
        WriteInitial(image);
        Load(vcpu, image);
    }

    /// <summary>ST(i) is counted from the top of the stack, which the status word holds.</summary>
    private static int Physical(ushort status, int i) => ((status >> 11) + i) & 7;

    private static void WriteInitial(Span<byte> image)
    {
        image.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], InitialControl);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], InitialMxcsr);
        BinaryPrimitives.WriteUInt32LittleEndian(image[MxcsrMask..], KnownMxcsr);
    }

    private static ref ushort Short(Vcpu vcpu, int offset) => ref *(ushort*)(vcpu.Env + offset);
}
