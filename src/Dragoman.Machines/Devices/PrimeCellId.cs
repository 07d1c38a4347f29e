namespace Dragoman.Machines.Devices;

/// <summary>The identification registers at the end of an Arm PrimeCell's 4 KiB: four of the peripheral, four of the component class, a byte in each.</summary>
internal static class PrimeCellId
{
    private const uint First = 0xFE0, End = 0x1000;
    private const uint Component = 0xB105_F00D;

    /// <summary>The register at an offset, if it is one of these.</summary>
    /// <param name="peripheral">UARTPeriphID3..0 and the like as one word.</param>
    /// <param name="offset">From the device's start.</param>
    /// <param name="value">The register.</param>
    public static bool TryRead(uint peripheral, uint offset, out uint value)
    {
        var word = offset < First + 0x10 ? peripheral : Component;
        value = word >> (int)(offset & 0xF) * 2 & 0xFF;
        return offset is >= First and < End;
    }
}
