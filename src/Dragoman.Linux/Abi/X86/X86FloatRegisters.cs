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
    /// <summary>Bytes of FXSAVE's image.</summary>
    public const int ImageSize = 512;

    /// <summary>XMM0 to XMM15.</summary>
    public const int VectorRegisters = 16;

    /// <summary>
    /// Places in the image: control, status and tag words of x87, the opcode and the address of its last instruction and the address of its last operand,
    /// in the form with 64 bits of each; the stack from its top.
    /// </summary>
    public const int ControlWord = 0, StatusWord = 2, TagWord = 4, LastOpcode = 6, LastInstruction = 8, LastOperand = 16, Stack = 32;

    private const int Mxcsr = 24, MxcsrMask = 28, Vectors = 160, Spacing = 16;
    private const ushort InitialControl = 0x37F;
    private const uint InitialMxcsr = 0x1F80, KnownMxcsr = 0xFFFF;

    // Of the x87's words: what of the opcode and of the control word can be written, the bit that is always set, exceptions, and the two bits that tell of one that is not masked.
    private const int KnownOpcode = 0x7FF, KnownControl = 0x1F3F, ReservedControl = 0x40, TopBit = 11, ExponentPlace = 8;
    private const uint KnownStatus = 0x477F, Exceptions = 0x3F, Summary = 0x8080;
    private const int StackRegisters = 8;

    // Parts of the state (Intel SDM 1, 13.1).
    private const ulong StackPart = 1, VectorPart = 2;

    private readonly FpEnvironmentLayout? _environment;
    private readonly int[] _vectors;
    private readonly int[] _significands;
    private readonly int[] _exponents;
    private readonly int _mxcsr;
    private readonly int _control;
    private readonly int _status;
    private readonly int _tag;
    private readonly int _lastOpcode;
    private readonly int _lastInstruction;
    private readonly int _lastOperand;
    private readonly int _top;
    private readonly int _traps;
    private readonly int _simdTraps;

    public X86FloatRegisters(IGuest guest, IReadOnlyDictionary<string, GuestRegister> byName)
    {
        int Place(string name) => byName.TryGetValue(name, out var register) ? register.Offset : -1;
        int[] Places(string name, int count)
        {
            var places = new int[Place(name + "0") < 0 ? 0 : count];
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = byName[name + i].Offset;
            }

            return places;
        }

        _environment = guest.FpEnvironment;
        _vectors = Places("XMM", VectorRegisters);
        _significands = Places("FPR", StackRegisters);
        _exponents = Places("FPE", StackRegisters);
        _mxcsr = Place("MXCSR");
        _control = Place("FCW");
        _status = Place("FSW");
        _tag = Place("FTW");
        _lastOpcode = Place("FOP");
        _lastInstruction = Place("FIP");
        _lastOperand = Place("FDP");
        _top = Place("TOP");
        _traps = Place("TRAPS");
        _simdTraps = Place("SIMD_TRAPS");
        Extended = new X86ExtendedState(guest.Cpu, byName);
    }

    /// <summary>What stands behind FXSAVE's image.</summary>
    public X86ExtendedState Extended { get; }

    /// <summary>Bytes of the whole image.</summary>
    public int Size => Extended.Size;

    /// <summary>Whether the guest has x87 or vector registers at all.</summary>
    public bool Exist => _vectors.Length != 0 || _significands.Length != 0;

    /// <summary>Fills in an image of <see cref="Size"/> bytes.</summary>
    public void Save(Vcpu vcpu, Span<byte> image)
    {
        _environment?.Store(vcpu.Env);
        WriteInitial(image);
        if (_control >= 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], (ushort)Word(vcpu, _control));
            BinaryPrimitives.WriteUInt16LittleEndian(image[StatusWord..], (ushort)(Word(vcpu, _status) | Word(vcpu, _top) << TopBit));
            image[TagWord] = vcpu.Env[_tag];
            BinaryPrimitives.WriteUInt16LittleEndian(image[LastOpcode..], (ushort)Word(vcpu, _lastOpcode));
            BinaryPrimitives.WriteUInt64LittleEndian(image[LastInstruction..], *(ulong*)(vcpu.Env + _lastInstruction));
            BinaryPrimitives.WriteUInt64LittleEndian(image[LastOperand..], *(ulong*)(vcpu.Env + _lastOperand));
        }

        for (var i = 0; i < _significands.Length; i++)
        {
            var register = ((int)Word(vcpu, _top) + i) & 7;
            var entry = image[(Stack + (Spacing * i))..];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, *(ulong*)(vcpu.Env + _significands[register]));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[ExponentPlace..], (ushort)*(ulong*)(vcpu.Env + _exponents[register]));
        }

        for (var i = 0; i < _vectors.Length; i++)
        {
            new ReadOnlySpan<byte>(vcpu.Env + _vectors[i], Spacing).CopyTo(image[(Vectors + (Spacing * i))..]);
        }

        if (_mxcsr >= 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], *(uint*)(vcpu.Env + _mxcsr));
        }

        Extended.Save(vcpu, image);
    }

    /// <summary>
    /// Takes the state from an image of <see cref="Size"/> bytes, which may be no more than FXSAVE's in front of anything. What it has not becomes
    /// initial. False, and nothing is taken, where reserved bits of MXCSR are set or the header of XSAVE's part is wrong, which the kernel's XRSTOR refuses.
    /// </summary>
    public bool TryLoad(Vcpu vcpu, Span<byte> image)
    {
        if ((BinaryPrimitives.ReadUInt32LittleEndian(image[Mxcsr..]) & ~KnownMxcsr) != 0 || !Extended.IsRestorable(image))
        {
            return false;
        }

        var parts = Extended.PartsOf(image);
        Extended.Load(vcpu, image, X86ExtendedState.HasUpper(parts));
        if ((parts & StackPart) == 0)
        {
            image[..Mxcsr].Clear();
            image[Stack..Vectors].Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], InitialControl);
        }

        if ((parts & VectorPart) == 0)
        {
            image[Vectors..(Vectors + (Spacing * VectorRegisters))].Clear();
        }

        if (_control >= 0)
        {
            var control = (uint)(BinaryPrimitives.ReadUInt16LittleEndian(image[ControlWord..]) & KnownControl | ReservedControl);
            uint status = BinaryPrimitives.ReadUInt16LittleEndian(image[StatusWord..]);
            Word(vcpu, _control) = control;
            Word(vcpu, _top) = status >> TopBit & 7;
            Word(vcpu, _tag) = image[TagWord];
            Word(vcpu, _lastOpcode) = BinaryPrimitives.ReadUInt16LittleEndian(image[LastOpcode..]) & (uint)KnownOpcode;
            *(ulong*)(vcpu.Env + _lastInstruction) = BinaryPrimitives.ReadUInt64LittleEndian(image[LastInstruction..]);
            *(ulong*)(vcpu.Env + _lastOperand) = BinaryPrimitives.ReadUInt64LittleEndian(image[LastOperand..]);
            Word(vcpu, _traps) = (control & Exceptions) != Exceptions ? 1u : 0;
            Word(vcpu, _status) = status & KnownStatus | ((status & ~control & Exceptions) != 0 ? Summary : 0);
        }

        for (var i = 0; i < _significands.Length; i++)
        {
            var register = ((int)Word(vcpu, _top) + i) & 7;
            var entry = image[(Stack + (Spacing * i))..];
            *(ulong*)(vcpu.Env + _significands[register]) = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            *(ulong*)(vcpu.Env + _exponents[register]) = BinaryPrimitives.ReadUInt16LittleEndian(entry[ExponentPlace..]);
        }

        for (var i = 0; i < _vectors.Length; i++)
        {
            image.Slice(Vectors + (Spacing * i), Spacing).CopyTo(new Span<byte>(vcpu.Env + _vectors[i], Spacing));
        }

        if (_mxcsr >= 0)
        {
            var mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(image[Mxcsr..]);
            Word(vcpu, _mxcsr) = mxcsr;
            Word(vcpu, _simdTraps) = (mxcsr & InitialMxcsr) != InitialMxcsr ? 1u : 0;
        }

        _environment?.Load(vcpu.Env);
        return true;
    }

    /// <summary>The state that programs and signal handlers start with.</summary>
    public void Clear(Vcpu vcpu)
    {
        Span<byte> image = stackalloc byte[Size];
        WriteInitial(image);
        TryLoad(vcpu, image);
    }

    private static void WriteInitial(Span<byte> image)
    {
        image.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(image[ControlWord..], InitialControl);
        BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], InitialMxcsr);
        BinaryPrimitives.WriteUInt32LittleEndian(image[MxcsrMask..], KnownMxcsr);
    }

    private static ref uint Word(Vcpu vcpu, int offset) => ref *(uint*)(vcpu.Env + offset);
}
