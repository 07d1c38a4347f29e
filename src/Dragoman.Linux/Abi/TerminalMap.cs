using System.Buffers.Binary;

namespace Dragoman.Linux.Abi;

/// <summary>struct termios of a guest that has its own flags and its own order of control characters, against the host's struct termios2.</summary>
/// <param name="Input">c_iflag.</param>
/// <param name="Output">c_oflag.</param>
/// <param name="Control">c_cflag without the speed.</param>
/// <param name="Local">c_lflag.</param>
/// <param name="FirstFastSpeed">The number of B57600; the faster ones and BOTHER follow it.</param>
/// <param name="Characters">For each host index of c_cc the guest's.</param>
public sealed record TerminalMap(FlagMap Input, FlagMap Output, FlagMap Control, FlagMap Local, uint FirstFastSpeed, byte[] Characters)
{
    /// <summary>Bytes of the structure, the guest's and the host's.</summary>
    public const int Size = 44;

    private const int HostCharacters = 17, GuestCharacters = 16, HostLine = 16, GuestLine = 35, Speeds = 36;
    private const uint HostFast = 0x1000, HostSpeed = 0x100F, FastSpeeds = 15;

    /// <summary>Makes the guest's structure of the host's.</summary>
    public void ToGuest(ReadOnlySpan<byte> host, Span<byte> guest)
    {
        guest[..Size].Clear();
        Put(guest, 0, (uint)Input.ToGuest(Get(host, 0)));
        Put(guest, 4, (uint)Output.ToGuest(Get(host, 4)));
        var control = Get(host, 8);
        var speed = control & HostSpeed;
        speed = (speed & HostFast) == 0 ? speed : speed == HostFast ? FirstFastSpeed + FastSpeeds : FirstFastSpeed + (speed & 15) - 1;
        Put(guest, 8, (uint)Control.ToGuest(control & ~HostSpeed) | speed);
        Put(guest, 12, (uint)Local.ToGuest(Get(host, 12)));
        guest[GuestLine] = host[HostLine];
        for (var i = 0; i < Characters.Length; i++)
        {
            guest[GuestCharacters + Characters[i]] = host[HostCharacters + i];
        }

        host.Slice(Speeds, 8).CopyTo(guest[Speeds..]);
    }

    /// <summary>Makes the host's structure of the guest's.</summary>
    public void ToHost(ReadOnlySpan<byte> guest, Span<byte> host)
    {
        host[..Size].Clear();
        Put(host, 0, (uint)Input.ToHost(Get(guest, 0)));
        Put(host, 4, (uint)Output.ToHost(Get(guest, 4)));
        var mask = (FirstFastSpeed * 2) - 1;
        var control = Get(guest, 8);
        var speed = control & mask;
        speed = speed < FirstFastSpeed ? speed : speed == FirstFastSpeed + FastSpeeds ? HostFast : HostFast + (speed - FirstFastSpeed) + 1;
        Put(host, 8, (uint)Control.ToHost(control & ~mask) | speed);
        Put(host, 12, (uint)Local.ToHost(Get(guest, 12)));
        host[HostLine] = guest[GuestLine];
        for (var i = 0; i < Characters.Length; i++)
        {
            host[HostCharacters + i] = guest[GuestCharacters + Characters[i]];
        }

        guest.Slice(Speeds, 8).CopyTo(host[Speeds..]);
    }

    private static uint Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static void Put(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);
}
