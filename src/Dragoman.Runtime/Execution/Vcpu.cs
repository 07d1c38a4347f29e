using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// One guest CPU: the owner of an unmanaged state block. Its registers may be touched by the thread that runs it (also from
/// <see cref="IGuestKernel"/> calls), by anyone before it first runs, and by work that runs in an exclusive section.
/// </summary>
public sealed unsafe partial class Vcpu : ScheduledVcpu
{
    private readonly GCHandle _handle;

    internal Vcpu(UserMachine machine, int index)
        : base(machine.Blocks.Take(), index)
    {
        Machine = machine;
        _handle = GCHandle.Alloc(this, GCHandleType.Weak);
        Header->VcpuHandle = GCHandle.ToIntPtr(_handle);
        Header->GuestBase = machine.Memory.Base;
        Header->ExclusiveAddress = ulong.MaxValue;
        Header->CpuIndex = index;
        Header->PcOffset = machine.Guest.PcOffset;
        machine.ExclusivePairs.Attach(this);
        machine.Guest.Reset(Env);
    }

    /// <summary>The machine it belongs to.</summary>
    public UserMachine Machine { get; }

    /// <summary>The guest PC.</summary>
    public ulong Pc
    {
        get => *(ulong*)(Env + Machine.Guest.PcOffset);
        set => *(ulong*)(Env + Machine.Guest.PcOffset) = value;
    }

    /// <summary>Whatever the kernel keeps for the thread. Set before the vCPU runs.</summary>
    public object? KernelState { get; set; }

    /// <summary>The vCPU whose block is <paramref name="env"/>, for helpers.</summary>
    public static Vcpu FromEnv(byte* env) =>
        (Vcpu)GCHandle.FromIntPtr(((VcpuHeader*)env)->VcpuHandle).Target!;

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

    /// <summary>Copies the architectural state (not the header) of another vCPU of the same machine, as clone(2) does.</summary>
    public void CopyStateFrom(Vcpu other)
    {
        var length = (nuint)(Machine.Guest.StateSize - VcpuHeader.GuestState);
        NativeMemory.Copy(other.Env + VcpuHeader.GuestState, Env + VcpuHeader.GuestState, length);
        Header->Fp = other.Header->Fp;
    }

    /// <summary>The registers as <c>-d cpu</c> shows them.</summary>
    public string DumpRegisters()
    {
        var text = new StringBuilder();
        var column = 0;
        foreach (var register in Machine.Guest.Registers)
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

    /// <summary>Gives the block back. The vCPU is not running and will not run again.</summary>
    internal void Release()
    {
        Machine.Blocks.Return(Env);
        _handle.Free();
    }

    private GuestRegister FindRegister(string name)
    {
        foreach (var register in Machine.Guest.Registers)
        {
            if (register.Name == name)
            {
                return register;
            }
        }

        throw new ArgumentException($"{Machine.Guest.Name} has no register {name}.", nameof(name));
    }
}
