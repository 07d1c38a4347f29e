using System.Buffers;

namespace Dragoman.Machines.Serial;

/// <summary>What a machine prints, on its way to the host: a thread of its own writes, so that no vCPU waits for the host with the big lock held.</summary>
internal sealed class SerialOutput
{
    // Bytes that may wait before the machine is held back, and milliseconds without progress after which an end in haste drops the rest.
    private const int Enough = 1 << 16, Patience = 200;

    private readonly Stream _stream;
    private readonly Action _emptied;
    private readonly Action<Exception> _failed;

    // Guards all below. Taken inside the big lock; nothing is taken inside it.
    private readonly object _room = new();
    private ArrayBufferWriter<byte> _waiting = new(), _writing = new();
    private bool _isWriting, _isFull, _isHurried, _isOver;
    private Exception? _failure;
    private long _writes;

    /// <summary>Begins to write.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="emptied">Told on the thread that writes when no longer too many bytes wait.</param>
    /// <param name="failed">Told on the thread that writes, which ends then, why the host takes nothing.</param>
    public SerialOutput(Stream stream, Action emptied, Action<Exception> failed)
    {
        (_stream, _emptied, _failed) = (stream, emptied, failed);
        new Thread(Run) { IsBackground = true, Name = "terminal output" }.Start();
    }

    /// <summary>Takes bytes. True when with these too many wait: the machine should wait in <see cref="WaitForRoom"/>. Any thread; does not wait.</summary>
    public bool Add(ReadOnlySpan<byte> bytes)
    {
        lock (_room)
        {
            if (_isOver)
            {
                return false;
            }

            _waiting.Write(bytes);
            Monitor.PulseAll(_room);

            // Only the thread that writes says that there is room again, and tells it: also where it has just taken all that waited.
            var wasFull = _isFull;
            _isFull |= _waiting.WrittenCount >= Enough;
            return _isFull && !wasFull;
        }
    }

    /// <summary>Whether too many bytes wait. Any thread.</summary>
    public bool IsFull
    {
        get
        {
            lock (_room)
            {
                return _isFull;
            }
        }
    }

    /// <summary>Waits until few bytes wait, but no longer than some milliseconds. False when that was not enough. Any thread, without the big lock.</summary>
    public bool WaitForRoom(int milliseconds)
    {
        lock (_room)
        {
            return !_isFull || (Monitor.Wait(_room, milliseconds) && !_isFull);
        }
    }

    /// <summary>Whoever waits for the host in <see cref="Finish"/> is to give up soon. Any thread; does not wait.</summary>
    public void Hurry()
    {
        lock (_room)
        {
            _isHurried = true;
            Monitor.PulseAll(_room);
        }
    }

    /// <summary>Waits until all is written, or the host takes no more. Later bytes are dropped. Any thread, without the big lock.</summary>
    /// <returns>Why the host took no more, or null.</returns>
    public Exception? Finish()
    {
        lock (_room)
        {
            while ((_waiting.WrittenCount > 0 || _isWriting) && !_isOver)
            {
                var (before, isHurried) = (_writes, _isHurried);
                if (!Monitor.Wait(_room, Patience) && isHurried && before == _writes)
                {
                    break;
                }
            }

            _isOver = true;
            Monitor.PulseAll(_room);
            return _failure;
        }
    }

    private void Run()
    {
        while (Take() is { } bytes)
        {
            try
            {
                _stream.Write(bytes.WrittenSpan);
                _stream.Flush();
                if (Done())
                {
                    _emptied();
                }
            }
            catch (Exception error)
            {
                // Whoever waits in Finish may free what is told.
                _failed(error);
                End(error);
                return;
            }
        }
    }

    private ArrayBufferWriter<byte>? Take()
    {
        lock (_room)
        {
            while (_waiting.WrittenCount == 0 && !_isOver)
            {
                Monitor.Wait(_room);
            }

            (_waiting, _writing, _isWriting) = (_writing, _waiting, true);
            return _isOver ? null : _writing;
        }
    }

    // True when there is room again.
    private bool Done()
    {
        lock (_room)
        {
            var wasFull = _isFull;
            (_isWriting, _isFull, _writes) = (false, _waiting.WrittenCount >= Enough, _writes + 1);
            _writing.ResetWrittenCount();
            Monitor.PulseAll(_room);
            return wasFull && !_isFull;
        }
    }

    private void End(Exception error)
    {
        lock (_room)
        {
            (_failure, _isOver, _isFull, _isWriting) = (error, true, false, false);
            Monitor.PulseAll(_room);
        }
    }
}
