using System.Numerics;
using System.Runtime.InteropServices;
using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Memory;

namespace Dragoman.Litmus.Running;

/// <summary>
/// The shared variables of a batch of iterations: each iteration has its own, each variable its own cache lines, in an order that changes from batch to batch.
/// One thread fills and reads it while the others wait.
/// </summary>
internal sealed class Arena
{
    /// <summary>Guest address of the first variable.</summary>
    public const ulong Base = 0x1000_0000;

    // Two cache lines: processors fetch them in pairs. An array has as much as it needs, aligned to that.
    private const int LeastSlot = 128;
    private const int ValueBytes = LitmusLocation.LeastBytes;

    private readonly LitmusProgram _program;
    private readonly GuestMemory _memory;
    private readonly int _iterations;
    private readonly int _slot;
    private readonly int[] _slotOf;
    private readonly byte[] _image;

    public Arena(LitmusProgram program, GuestMemory memory, int iterations)
    {
        _program = program;
        _memory = memory;
        _iterations = iterations;
        _slotOf = [.. Enumerable.Range(0, program.Test.Locations.Count)];
        _slot = (int)BitOperations.RoundUpToPowerOf2((uint)program.Test.Locations.Select(l => l.Extent).Append(LeastSlot).Max());
        _image = new byte[iterations * Math.Max(1, _slotOf.Length) * _slot];
    }

    /// <summary>Bytes that it takes.</summary>
    public int Bytes => _image.Length;

    /// <summary>Guest address of a location at an iteration.</summary>
    public ulong AddressOf(int location, int iteration) => Base + (ulong)(((iteration * _slotOf.Length) + _slotOf[location]) * _slot);

    /// <summary>Shuffles the variables and gives them their initial values.</summary>
    public void Fill(Random random)
    {
        random.Shuffle(_slotOf);
        Array.Clear(_image);
        for (int location = 0; location < _slotOf.Length; location++)
        {
            InitialValue initial = _program.Test.Locations[location].Initial;
            for (int iteration = 0; iteration < _iterations; iteration++)
            {
                UInt128 value = initial.Location is { } name ? AddressOf(_program.IndexOf(name), iteration) : initial.Number;
                MemoryMarshal.Write(_image.AsSpan((int)(AddressOf(location, iteration) - Base), ValueBytes), value);
            }
        }

        if (!_memory.TryWrite(Base, _image))
        {
            throw new InvalidOperationException("The arena cannot be written.");
        }
    }

    /// <summary>Takes up the final values.</summary>
    public void Read()
    {
        if (!_memory.TryRead(Base, _image))
        {
            throw new InvalidOperationException("The arena cannot be read.");
        }
    }

    /// <summary>The value of a part of a location at an iteration, after <see cref="Read"/>.</summary>
    public UInt128 ValueOf(int location, int iteration, int offset, int bytes)
    {
        UInt128 value = 0;
        ReadOnlySpan<byte> part = _image.AsSpan((int)(AddressOf(location, iteration) - Base) + offset, bytes);
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = (value << 8) | part[i];
        }

        return Canonical(value, iteration);
    }

    /// <summary>A value with an address of one of the iteration's variables replaced by that which models give it.</summary>
    public UInt128 Canonical(UInt128 value, int iteration)
    {
        ulong low = (ulong)value;
        if (value > ulong.MaxValue || low < Base || low >= Base + (ulong)Bytes)
        {
            return value;
        }

        ulong slot = (low - Base) / (ulong)_slot;
        int location = Array.IndexOf(_slotOf, (int)(slot % (ulong)_slotOf.Length));
        return slot / (ulong)_slotOf.Length == (ulong)iteration ? CanonicalAddress.Of(location) + (low % (ulong)_slot) : value;
    }
}
