namespace Dragoman.Guests.Tests;

/// <summary>The memory of a <see cref="TestMachine"/>, which has no guard areas around it.</summary>
internal sealed unsafe class TestMemory(nint memory) : OracleMemory
{
    // A base beside the memory is none that a program has, nor one that wraps into the first page: backends may check it before they add the displacement.
    public override byte* Find(ulong start, ulong address, int bytes, bool writes) =>
        start <= TestMachine.MemoryBytes && address >= 0x1000 && address <= TestMachine.MemoryBytes - (ulong)bytes ? (byte*)memory + address : null;
}
