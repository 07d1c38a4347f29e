namespace Dragoman.Guests.Tests;

/// <summary>Alpha's registers at random, for <see cref="OracleTests"/>.</summary>
internal static unsafe class RandomState
{
    public static void Fill(TestMachine machine, Random random, Func<ulong> value)
    {
        for (int i = 0; i < 31; i++)
        {
            *(ulong*)(machine.Env + GuestState.R + 8 * i) = value();
            *(ulong*)(machine.Env + GuestState.F + 8 * i) = value();
        }

        // FPCR<63:49>: rounding, exceptions seen, and traps masked (4.7.8)
        *(ulong*)(machine.Env + GuestState.FPCR) = random.Next(3) == 0 ? (ulong)random.Next(1 << 15) << 49 : 0;
        *(ulong*)(machine.Env + GuestState.UNIQUE) = value();
        *(ulong*)(machine.Env + GuestState.INTR) = (ulong)random.Next(2);
    }

    /// <summary>Two runs read different times.</summary>
    public static bool IsClock(InsnId id) => id == InsnId.RPCC;

    /// <summary>A file whose instructions all leave to the kernel.</summary>
    public static bool IsOfTheKernel(string file) => false;
}
