using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.AArch64;
using Dragoman.Guests.Alpha;

namespace Dragoman.Conformance.Tests.Order;

/// <summary>The ops of each guest's accesses against its manual's table.</summary>
public sealed class OrderTests(ITestOutputHelper output)
{
    // tbstate's fields 'system' and 'el' of isa/aarch64/aarch64.isa.
    private const ulong El1 = 1 | 1 << 1;

    [Fact]
    public void Every_access_of_A64_has_the_order_and_the_atomic_unit_of_the_manual() =>
        new OrderComparison(AArch64Guest.Instance, Description.AArch64, OrderTable.AArch64, ["loads-stores", "simd-loads", "exclusives", "atomics", "system", "branches"], output, El1).Check();

    [Fact]
    public void Every_access_of_Alpha_has_the_order_and_the_atomic_unit_of_the_manual() =>
        new OrderComparison(AlphaGuest.Instance, Description.Alpha, OrderTable.Alpha, ["memory", "float-memory", "control", "pal"], output).Check();
}
