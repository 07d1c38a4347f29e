using System.Globalization;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;
using Dragoman.Oracles.Engine;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Oracles.Tests;

/// <summary>
/// Accesses of every size and kind where they may fault: at the ends of pages of every protection, misaligned, tagged, far outside. Oracle, interpreter and
/// IL give the same exception at the same address, the same registers and the same memory; and a program that faults has stored nothing.
/// </summary>
public sealed class FaultTests
{
    private const int AddressesPerProgram = 60;

    /// <summary>A guest, its registers, that of the base and the system call that ends a program.</summary>
    private sealed record Subject(IGuest Guest, string[] Registers, string Base, uint End);

    private static readonly Subject[] s_subjects =
    [
        new(AArch64Guest.Instance, ["X", "V"], "X1", 0xD4000001),
        new(AlphaGuest.Instance, ["R", "F"], "R2", 0x00000083),
    ];

    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    public void Engines_agree_where_accesses_fault(string guest)
    {
        Subject subject = s_subjects.First(s => s.Guest.Name == guest);
        (uint[] Words, string Text)[] programs = [.. Read(guest)];
        uint[][] words = [.. programs.Select(p => (uint[])[.. p.Words, subject.End])];
        using AccessMachine oracle = new(subject.Guest, new OracleBackend(GuestOracle.Of(subject.Guest)!, subject.Guest), words);
        using AccessMachine interpreter = new(subject.Guest, new InterpreterBackend(), words);
        using AccessMachine il = new(subject.Guest, new IlBackend(), words);
        Random random = new(2026);
        byte[] pattern = new byte[AccessMachine.Pages * subject.Guest.PageSize];
        random.NextBytes(pattern);
        byte[] untouched = Writable(pattern, subject.Guest.PageSize);
        int faults = 0;
        Dictionary<string, string> failures = [];
        for (int program = 0; program < programs.Length; program++)
        {
            for (int i = 0; i < AddressesPerProgram && !failures.ContainsKey(programs[program].Text); i++)
            {
                ulong address = Address(random, (ulong)subject.Guest.PageSize);
                int seed = random.Next();
                void Load(Vcpu vcpu) => Fill(vcpu, subject, seed, address);
                AccessMachine.Result expected = interpreter.Run(program, Load, pattern);
                bool isFault = expected.Exception.Kind is ExceptionKind.MemoryFault or ExceptionKind.AlignmentFault;
                faults += isFault ? 1 : 0;
                string? failure = isFault && !expected.Memory.AsSpan().SequenceEqual(untouched) ? "a fault after a store" : null;
                failure ??= Difference("il", expected, il.Run(program, Load, pattern), comparesAccess: il.IsGuest(expected.Exception.Address));
                failure ??= Difference("oracle", expected, oracle.Run(program, Load, pattern), comparesAccess: false);
                if (failure is not null)
                {
                    failures[programs[program].Text] = $"{programs[program].Text} at {address:x}: {failure}";
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Values));
        Assert.InRange(faults, programs.Length * AddressesPerProgram / 10, programs.Length * AddressesPerProgram * 9 / 10);
    }

    // Only stores and loads tell reads from writes; the oracle's atomic accesses, and faults that an engine finds itself, do not.
    private static string? Difference(string engine, AccessMachine.Result expected, AccessMachine.Result actual, bool comparesAccess)
    {
        GuestException want = expected.Exception;
        GuestException have = comparesAccess ? actual.Exception : actual.Exception with { Access = want.Access };
        if (want != have)
        {
            return $"the interpreter has {want}, {engine} {have}";
        }

        return !expected.State.AsSpan().SequenceEqual(actual.State) ? $"{engine} has other registers"
            : !expected.Memory.AsSpan().SequenceEqual(actual.Memory) ? $"{engine} has other memory"
            : expected.Monitor != actual.Monitor ? $"the monitor is at {expected.Monitor:x}, with {engine} at {actual.Monitor:x}"
            : null;
    }

    private static void Fill(Vcpu vcpu, Subject subject, int seed, ulong address)
    {
        Random random = new(seed);
        foreach (GuestRegister register in vcpu.Machine.Guest.Registers.Where(r => subject.Registers.Any(file => r.Name.StartsWith(file, StringComparison.Ordinal) && r.Name.Length > file.Length && char.IsDigit(r.Name[file.Length]))))
        {
            random.NextBytes(vcpu.RegisterBytes(register.Name));
        }

        vcpu.SetRegister(subject.Base, address);
        if (subject.Guest.Name == "aarch64")
        {
            // The index of [x1, x2].
            vcpu.SetRegister("X2", (ulong)random.Next(-64, 64));
        }
    }

    private static ulong Address(Random random, ulong page)
    {
        ulong address = AccessMachine.Start + (ulong)random.Next(AccessMachine.Pages + 1) * page + (ulong)random.Next(-48, 48);
        address = random.Next(3) == 0 ? address & ~15UL : address;
        return random.Next(12) switch
        {
            0 => address | (ulong)random.Next(256) << 56,
            1 => address | (ulong)random.Next(1 << 16) << 48,
            2 => address | 1UL << random.Next(64),
            3 => (ulong)random.Next(-64, 64),
            4 => (1UL << 46) + (ulong)random.Next(-64, 64),
            5 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            _ => address,
        };
    }

    // What a machine reports of its memory: the pages that can be written.
    private static byte[] Writable(byte[] pattern, int page)
    {
        byte[] memory = (byte[])pattern.Clone();
        foreach (int other in new[] { 2, 3, 5 })
        {
            memory.AsSpan(other * page, page).Clear();
        }

        return memory;
    }

    private static IEnumerable<(uint[] Words, string Text)> Read(string guest) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Accesses", guest + ".tsv"))
        where !line.StartsWith('#')
        let columns = line.Split('\t')
        select ((uint[])[.. columns[0].Split(' ').Select(word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))], columns[1]);
}
