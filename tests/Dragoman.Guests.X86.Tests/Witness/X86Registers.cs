using Dragoman.Guests.X86;
using Dragoman.Runtime.Guests;

namespace Dragoman.Guests.Tests.Witness;

/// <summary>The registers of a vCPU block as a state that can be compared. For one thread.</summary>
internal sealed unsafe class X86Registers(nint env)
{
    private const ulong DirectionFlag = 0x400;
    private const uint TopMask = 0x3800;

    private static readonly Dictionary<string, GuestRegister> s_registers = X86Guest.Intel64.Registers.ToDictionary(r => r.Name);
    private static readonly string[] s_general = ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];
    private static readonly (string Name, int Bit)[] s_flags = [("CF", 0), ("PF", 2), ("AF", 4), ("ZF", 6), ("SF", 7), ("OF", 11)];

    public void Set(X86State state)
    {
        for (int i = 0; i < 16; i++)
        {
            *(ulong*)At(s_general[i]) = state.Registers[i];
            *(UInt128*)At($"XMM{i}") = state.Vectors[i];
            *(UInt128*)At($"YMMH{i}") = state.Upper[i];
        }

        X87State x87 = state.X87;
        for (int i = 0; i < 8; i++)
        {
            *(ulong*)At($"FPR{x87.Top + i & 7}") = (ulong)x87.Stack[i];
            *(ulong*)At($"FPE{x87.Top + i & 7}") = (ushort)(x87.Stack[i] >> 64);
        }

        *(uint*)At("FCW") = x87.Control;
        *(uint*)At("FSW") = x87.Status & ~TopMask;
        *(uint*)At("FTW") = x87.Tags;
        *(uint*)At("TOP") = (uint)x87.Top;
        *(uint*)At("TRAPS") = (x87.Control & 0x3F) != 0x3F ? 1u : 0;
        foreach ((string name, int bit) in s_flags)
        {
            *(uint*)At("EFLAGS." + name) = (uint)(state.Rflags >> bit) & 1;
        }

        *(ulong*)At("CONTROL") = state.Rflags & DirectionFlag;
        *(uint*)At("MXCSR") = state.Mxcsr;
        X86Guest.Intel64.FpEnvironment!.Load((byte*)env);
    }

    public X86State Get()
    {
        X86Guest.Intel64.FpEnvironment!.Store((byte*)env);
        var state = new X86State { Rflags = *(ulong*)At("CONTROL") & DirectionFlag, Mxcsr = *(uint*)At("MXCSR") };
        state.X87.Control = (ushort)*(uint*)At("FCW");
        state.X87.Status = (ushort)(*(uint*)At("FSW") | *(uint*)At("TOP") << 11);
        state.X87.Tags = (byte)*(uint*)At("FTW");
        for (int i = 0; i < 8; i++)
        {
            state.X87.Stack[i] = new UInt128(*(ulong*)At($"FPE{state.X87.Top + i & 7}"), *(ulong*)At($"FPR{state.X87.Top + i & 7}"));
        }

        for (int i = 0; i < 16; i++)
        {
            state.Registers[i] = *(ulong*)At(s_general[i]);
            state.Vectors[i] = *(UInt128*)At($"XMM{i}");
            state.Upper[i] = *(UInt128*)At($"YMMH{i}");
        }

        foreach ((string name, int bit) in s_flags)
        {
            state.Rflags |= (ulong)*(uint*)At("EFLAGS." + name) << bit;
        }

        return state;
    }

    private byte* At(string register) => (byte*)env + s_registers[register].Offset;
}
