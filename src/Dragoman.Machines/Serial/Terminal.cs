using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Serial;

/// <summary>
/// The host's standard input and output as a serial line. A terminal is put in raw mode until the port is disposed of; Ctrl-A x ends the machine, Ctrl-A Ctrl-A is a
/// Ctrl-A, Ctrl-A h tells these.
/// </summary>
/// <remarks>A thread of its own reads, and one writes; what has been read is guarded by the big lock, as the port is.</remarks>
public sealed class Terminal : ISerialPort, IDisposable
{
    // Milliseconds after which a full backlog is looked at again, should the guest have read between the look and the wait.
    private const int LargestBacklog = 4096, BacklogLook = 10;

    private readonly BigLock _lock;
    private readonly Stream _input;
    private readonly SerialOutput _output;
    private readonly TerminalEscape _escape;
    private readonly Action<Exception> _failed;
    private readonly RawMode? _raw;
    private readonly SerialInput _read = new(LargestBacklog);

    // Only to wait for room in the backlog. Taken inside the big lock by TryRead, alone by the thread that reads; nobody takes the big lock inside it.
    private readonly object _room = new();

    // Guarded by the big lock.
    [Shared]
    private bool _isClosed;

    /// <summary>Opens the line and begins to read.</summary>
    /// <param name="bigLock">What guards the machine's devices.</param>
    /// <param name="input">Where bytes for the guest come from.</param>
    /// <param name="output">Where the guest's go.</param>
    /// <param name="quit">Called for Ctrl-A x, on the thread that reads, without the big lock.</param>
    /// <param name="failed">Told of what goes wrong with input (the UART, an interrupt that it raises) or output, on the thread that reads or writes, which ends then, without the lock.</param>
    public Terminal(BigLock bigLock, Stream input, Stream output, Action quit, Action<Exception> failed)
    {
        (_lock, _input, _output, _failed) = (bigLock, input, new SerialOutput(output, Empty, failed), failed);
        _escape = new TerminalEscape(Quit, () => _output.Add("\r\nCtrl-A x  end the machine\r\nCtrl-A Ctrl-A  send Ctrl-A\r\n"u8));
        _raw = RawMode.TryEnter();
        new Thread(Guard) { IsBackground = true, Name = "terminal" }.Start();

        void Quit()
        {
            Hurry();
            quit();
        }
    }

    /// <inheritdoc/>
    public Action? Arrived { get; set; }

    /// <inheritdoc/>
    public Action? Filled { get; set; }

    /// <inheritdoc/>
    public Action? Emptied { get; set; }

    /// <inheritdoc/>
    public bool IsFull => _output.IsFull;

    /// <inheritdoc/>
    public bool CanRead => _read.CanRead;

    /// <inheritdoc/>
    public bool TryRead(out byte value)
    {
        var wasFull = _read.IsFull;
        var isRead = _read.TryRead(out value);
        if (wasFull)
        {
            lock (_room)
            {
                Monitor.Pulse(_room);
            }
        }

        return isRead;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_output.Add(bytes))
        {
            Filled?.Invoke();
        }
    }

    /// <inheritdoc/>
    public bool WaitForRoom(int milliseconds) => _output.WaitForRoom(milliseconds);

    /// <summary>Whoever waits in <see cref="Finish"/> for a host that takes nothing is to give up soon. Any thread; does not wait.</summary>
    public void Hurry() => _output.Hurry();

    /// <summary>Waits until the host has taken what the guest has sent; what is sent or typed later is dropped. Without the big lock, when no vCPU runs any more.</summary>
    /// <exception cref="IOException">The host took no more.</exception>
    public void Finish()
    {
        Close();
        if (_output.Finish() is { } error)
        {
            throw error as IOException ?? new IOException(error.Message, error);
        }
    }

    /// <summary>Gives the user the terminal back as it was. Any thread, at any time.</summary>
    public void Restore() => _raw?.Dispose();

    /// <summary>Restores the terminal. What comes from now on is dropped, since the thread that reads cannot be ended: the machine may go.</summary>
    public void Dispose()
    {
        Close();
        _ = _output.Finish();
        _raw?.Dispose();
    }

    // No device is told of anything from now on.
    private void Close()
    {
        _lock.Enter();
        _isClosed = true;
        _lock.Exit();
    }

    // An exception that left the thread would end the process; the machine ends instead, and tells what its vCPUs were at.
    private void Guard()
    {
        try
        {
            ReadAll();
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }

    // What comes while the backlog is full waits in the host's line.
    private void ReadAll()
    {
        var bytes = new byte[256];
        int count;
        while ((count = ReadSome(bytes)) > 0)
        {
            foreach (var value in bytes.AsSpan(0, count))
            {
                // Nobody's lock keeps the user from ending the machine.
                if (_escape.Take(value) is { } own)
                {
                    Pass(own);
                }
            }
        }
    }

    private void Pass(byte value)
    {
        while (!TryTake(value))
        {
            lock (_room)
            {
                _ = Monitor.Wait(_room, BacklogLook);
            }
        }
    }

    // A closed input ends like an empty one.
    private int ReadSome(byte[] bytes)
    {
        try
        {
            return _input.Read(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private bool TryTake(byte value)
    {
        _lock.Enter();
        try
        {
            if (_isClosed)
            {
                return true;
            }

            if (_read.IsFull)
            {
                return false;
            }

            _read.Add(value);
            Arrived?.Invoke();
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Empty()
    {
        _lock.Enter();
        try
        {
            if (!_isClosed)
            {
                Emptied?.Invoke();
            }
        }
        finally
        {
            _lock.Exit();
        }
    }
}
