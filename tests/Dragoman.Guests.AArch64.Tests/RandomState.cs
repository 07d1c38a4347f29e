namespace Dragoman.Guests.Tests;

/// <summary>A64's registers at random, for <see cref="OracleTests"/>.</summary>
internal static unsafe class RandomState
{
    public static void Fill(TestMachine machine, Random random, Func<ulong> value)
    {
        for (int i = 0; i < 31; i++)
        {
            *(ulong*)(machine.Env + GuestState.X + 8 * i) = value();
        }

        *(ulong*)(machine.Env + GuestState.SP) = (ulong)random.Next(0x20000, 0x30000) & ~15UL;
        for (int i = 0; i < 64; i++)
        {
            *(ulong*)(machine.Env + GuestState.V + 8 * i) = value();
        }

        for (int i = 0; i < 4; i++)
        {
            *(uint*)(machine.Env + GuestState.NZCV_N + 4 * i) = (uint)random.Next(2);
        }

        *(uint*)(machine.Env + GuestState.FPCR) = random.Next(3) == 0 ? (uint)random.Next(32) << 22 : 0;
        *(uint*)(machine.Env + GuestState.FPSR) = random.Next(2) == 0 ? 0 : 0x0800_009F & (uint)random.Next();
    }

    /// <summary>Two runs read different times.</summary>
    public static bool IsClock(InsnId id) => id.ToString().StartsWith("MRS", StringComparison.Ordinal);

    /// <summary>A file whose instructions all leave to the kernel, or are clocks.</summary>
    public static bool IsOfTheKernel(string file) => file == "system.isa";
}
