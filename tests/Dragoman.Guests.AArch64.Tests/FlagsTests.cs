using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Xunit;

namespace Dragoman.Guests.AArch64.Tests;

/// <summary>
/// Conditions after a producer in the same TB, where the frontend compares the producer's operands instead of reading flags: also when an operand's
/// register is overwritten, by the producer itself or behind it. The oracle reads flags only.
/// </summary>
public sealed unsafe class FlagsTests
{
    // X1 and X2 are the operands, or an immediate; X5 takes the condition.
    private static readonly uint[] s_producers =
    [
        0xEB020020, // subs x0, x1, x2
        0xEB020021, // subs x1, x1, x2
        0x6B020020, // subs w0, w1, w2
        0x6B020022, // subs w2, w1, w2
        0xF1001421, // subs x1, x1, #5
        0x7100003F, // cmp w1, #0
        0xAB020020, // adds x0, x1, x2
        0x2B020021, // adds w1, w1, w2
        0xEA020021, // ands x1, x1, x2
        0x6A02003F, // tst w1, w2
        0xBA020020, // adcs x0, x1, x2
        0xFA020021, // sbcs x1, x1, x2
        0xFA420020, // ccmp x1, x2, #0, eq
    ];

    // Nothing that matters, or a write of an operand.
    private static readonly uint[] s_between =
    [
        0xD503201F, // nop
        0x91000421, // add x1, x1, #1
        0xAA0203E1, // mov x1, x2
    ];

    private static readonly ulong[] s_values = [0, 1, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue];

    public static TheoryData<uint> Producers() => [.. s_producers];

    [Theory]
    [MemberData(nameof(Producers))]
    public void A_condition_sees_what_the_flags_say(uint producer)
    {
        using var expected = new TestMachine();
        using var actual = new TestMachine();
        var oracle = expected.Oracle();
        foreach (uint between in s_between)
        {
            for (uint cond = 0; cond < 16; cond++)
            {
                // csinc x5, xzr, xzr, cond
                uint user = 0x9A9F07E5 | cond << 12;
                for (int pair = 0; pair < s_values.Length * s_values.Length; pair++)
                {
                    expected.Clear();
                    *(ulong*)(expected.Env + GuestState.X + 8) = s_values[pair / s_values.Length];
                    *(ulong*)(expected.Env + GuestState.X + 16) = s_values[pair % s_values.Length];
                    *(uint*)(expected.Env + GuestState.NZCV_C) = (uint)pair & 1;
                    *(uint*)(expected.Env + GuestState.NZCV_Z) = (uint)pair >> 1 & 1;
                    expected.Place(producer, between, user);
                    actual.CopyFrom(expected);
                    Assert.True(oracle.Execute(producer) && oracle.Execute(between) && oracle.Execute(user));

                    Assert.Null(actual.Translate(optimize: pair % 2 == 0, producer, between, user));
                    actual.Run(pair == 40 ? new IlBackend() : new InterpreterBackend());
                    Assert.Null(actual.Difference(expected));
                }
            }
        }
    }
}
