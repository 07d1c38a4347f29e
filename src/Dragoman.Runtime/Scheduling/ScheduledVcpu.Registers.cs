using System.Globalization;
using System.Text;
using Dragoman.Runtime.Guests;

namespace Dragoman.Runtime.Scheduling;

/// <summary>The guest's registers, by the manual's names.</summary>
public abstract unsafe partial class ScheduledVcpu
{
    /// <summary>The guest architecture.</summary>
    public abstract IGuest Guest { get; }

    /// <summary>The guest PC.</summary>
    public ulong Pc
    {
        get => *(ulong*)(Env + Guest.PcOffset);
        set => *(ulong*)(Env + Guest.PcOffset) = value;
    }

    /// <summary>Reads a register of up to 8 bytes, zero-extended, by the manual's name.</summary>
    /// <exception cref="ArgumentException">No such register, or it is wider than 8 bytes.</exception>
    public ulong GetRegister(string name)
    {
        var register = FindRegister(name);
        return register.Size switch
        {
            4 => *(uint*)(Env + register.Offset),
            8 => *(ulong*)(Env + register.Offset),
            _ => throw new ArgumentException($"Register {name} is {register.Size} bytes wide.", nameof(name)),
        };
    }

    /// <summary>Writes a register of up to 8 bytes by the manual's name.</summary>
    /// <exception cref="ArgumentException">No such register, or it is wider than 8 bytes.</exception>
    public void SetRegister(string name, ulong value)
    {
        var register = FindRegister(name);
        switch (register.Size)
        {
            case 4:
                *(uint*)(Env + register.Offset) = (uint)value;
                break;
            case 8:
                *(ulong*)(Env + register.Offset) = value;
                break;
            default:
                throw new ArgumentException($"Register {name} is {register.Size} bytes wide.", nameof(name));
        }
    }

    /// <summary>The bytes of a register, whatever its width.</summary>
    public Span<byte> RegisterBytes(string name)
    {
        var register = FindRegister(name);
        return new Span<byte>(Env + register.Offset, register.Size);
    }

    /// <summary>The registers as <c>-d cpu</c> shows them.</summary>
    public string DumpRegisters()
    {
        var text = new StringBuilder();
        var column = 0;
        foreach (var register in ShownRegisters)
        {
            text.Append(CultureInfo.InvariantCulture, $"{register.Name}=");
            for (var i = register.Size - 1; i >= 0; i--)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Env[register.Offset + i]:x2}");
            }

            text.Append(++column % 4 == 0 ? '\n' : ' ');
        }

        return text.ToString();
    }

    /// <summary>The registers that a dump shows.</summary>
    private protected virtual IEnumerable<GuestRegister> ShownRegisters => Guest.Registers;

    private GuestRegister FindRegister(string name)
    {
        foreach (var register in Guest.Registers.Concat(Guest.SystemRegisters))
        {
            if (register.Name == name)
            {
                return register;
            }
        }

        throw new ArgumentException($"{Guest.Name} has no register {name}.", nameof(name));
    }
}
