using System.Runtime.CompilerServices;
using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;

namespace Dragoman.Litmus.Running;

/// <summary>One host thread of a run, which plays another guest thread of the test in each batch. Its own thread only.</summary>
internal sealed unsafe class RunThreadState
{
    private readonly RunState _run;
    private readonly Vcpu _vcpu;
    private readonly int _index;
    private readonly RoleState[] _roles;
    private int _iteration;
    private uint _random;

    public RunThreadState(RunState run, Vcpu vcpu, int index)
    {
        _run = run;
        _vcpu = vcpu;
        _index = index;
        _random = (uint)(run.Settings.Seed * 7919) ^ (uint)(index + 1) * 0x9E3779B9;
        _roles = [.. Enumerable.Range(0, run.Program.Threads.Count).Select(role => new RoleState(run.Program, vcpu, role))];
    }

    /// <summary>Number of the test's thread that it plays.</summary>
    public int Role => (_index + _run.Shift) % _roles.Length;

    /// <summary>Prepares the first iteration; false when there is none.</summary>
    public bool Start()
    {
        _iteration = 0;
        return _run.Iterations > 0 && Prepare();
    }

    /// <summary>Takes up the results of an iteration and prepares the next; false when the run is over.</summary>
    public bool Next()
    {
        _roles[Role].Collect(_vcpu, _run.Values, _iteration);
        if (++_iteration == _run.Iterations)
        {
            if (!_run.Together.Wait())
            {
                return false;
            }

            if (_index == 0)
            {
                _run.EndBatch();
            }

            if (!_run.Together.Wait() || _run.Iterations == 0)
            {
                return false;
            }

            _iteration = 0;
        }

        return Prepare();
    }

    private bool Prepare()
    {
        _roles[Role].Enter(_vcpu, _run.Arena, _iteration);
        Touch();
        if (!_run.Together.Wait())
        {
            return false;
        }

        for (int spins = (int)(NextRandom() >> 8) & _run.DelayMask; spins > 0; spins--)
        {
            Spin();
        }

        return true;
    }

    // Some variables are in this core's cache when the iteration begins, and some are not.
    private void Touch()
    {
        uint which = NextRandom() >> 8;
        for (int location = 0; location < _run.Program.Test.Locations.Count; location++, which >>= 1)
        {
            if ((which & 1) != 0)
            {
                Volatile.Read(ref *_vcpu.Machine.Memory.ToHost(_run.Arena.AddressOf(location, _iteration)));
            }
        }
    }

    private uint NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        return _random ^= _random << 5;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spin()
    {
    }

    /// <summary>The registers with which a thread of the test begins, and those that it is asked for.</summary>
    private sealed class RoleState
    {
        private readonly byte[] _image;
        private readonly ulong _pc;
        private readonly (int Offset, int Location)[] _addresses;
        private readonly (int Column, int Offset, int Bytes)[] _observed;
        private readonly int _columns;

        public RoleState(LitmusProgram program, Vcpu vcpu, int role)
        {
            LitmusTest test = program.Test;
            _pc = program.Threads[role].Base;
            _columns = test.Observed.Count;
            _image = new Span<byte>(vcpu.Env + VcpuHeader.GuestState, program.Guest.StateSize - VcpuHeader.GuestState).ToArray();
            foreach (InitialRegister initial in test.Registers.Where(r => r.Thread == role && r.Value.Location is null))
            {
                GuestRegister register = program.RegisterOf(initial.Register);
                for (int i = 0; i < register.Size; i++)
                {
                    _image[register.Offset - VcpuHeader.GuestState + i] = (byte)(initial.Value.Number >> (8 * i));
                }
            }

            _addresses = [.. test.Registers
                .Where(r => r.Thread == role && r.Value.Location is not null)
                .Select(r => (program.RegisterOf(r.Register).Offset, program.IndexOf(r.Value.Location!)))];
            _observed = [.. test.Observed.Index()
                .Where(o => o.Item.Thread == role)
                .Select(o => (o.Index, program.RegisterOf(o.Item.Name).Offset, Math.Min(o.Item.Bytes, program.RegisterOf(o.Item.Name).Size)))];
        }

        public void Enter(Vcpu vcpu, Arena arena, int iteration)
        {
            _image.CopyTo(new Span<byte>(vcpu.Env + VcpuHeader.GuestState, _image.Length));
            foreach ((int offset, int location) in _addresses)
            {
                *(ulong*)(vcpu.Env + offset) = arena.AddressOf(location, iteration);
            }

            ExclusiveMonitor.Clear((nint)vcpu.Env);
            vcpu.Pc = _pc;
        }

        public void Collect(Vcpu vcpu, UInt128[] values, int iteration)
        {
            foreach ((int column, int offset, int bytes) in _observed)
            {
                UInt128 value = 0;
                for (int i = bytes - 1; i >= 0; i--)
                {
                    value = (value << 8) | vcpu.Env[offset + i];
                }

                values[(iteration * _columns) + column] = value;
            }
        }
    }
}
