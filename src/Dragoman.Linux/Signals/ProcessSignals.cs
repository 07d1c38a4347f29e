using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Signals;

/// <summary>
/// A guest process's signals: dispositions, the shared pending set, and the way of each signal to a thread.
/// </summary>
/// <remarks>Lock: <see cref="SyncRoot"/> guards every pending set, every thread's mask as others see it, and the dispositions. It is a leaf: nothing else is taken under it.</remarks>
internal sealed class ProcessSignals
{
    private readonly SignalAction[] _actions = new SignalAction[SignalNumbers.Last + 1];
    private readonly List<ArrivedSignal> _arrived = [];
    private readonly List<SignalFile> _files = [];
    // Written under SyncRoot; bits are only added, so whoever reads without it may only miss one.
    private ulong _caughtForBlocking;

    /// <summary>See the remarks of the class.</summary>
    public Lock SyncRoot { get; } = new();

    /// <summary>Signals for the process as a whole.</summary>
    public PendingSignals Shared { get; } = new();

    /// <summary>Creates the table and catches on the host what would end the program, so that it ends as a guest.</summary>
    /// <param name="ignored">Signals that are ignored from the start: bit n - 1 is signal n.</param>
    public ProcessSignals(ulong ignored)
    {
        for (var signal = 1; signal <= SignalNumbers.Last; signal++)
        {
            var action = (ignored & SignalNumbers.Bit(signal)) != 0 ? new SignalAction(SignalAction.Ignore, 0, 0, 0) : default;
            _actions[signal] = action;
            Apply(signal, action);
        }
    }

    /// <summary>The disposition of a signal.</summary>
    public SignalAction this[int signal]
    {
        get
        {
            lock (SyncRoot)
            {
                return _actions[signal];
            }
        }
    }

    /// <summary>Signals whose disposition is to be ignored, as execve passes them on.</summary>
    public ulong IgnoredMask
    {
        get
        {
            ulong mask = 0;
            for (var signal = 1; signal <= SignalNumbers.Last; signal++)
            {
                mask |= _actions[signal].Handler == SignalAction.Ignore ? SignalNumbers.Bit(signal) : 0;
            }

            return mask;
        }
    }

    /// <summary>Sets a disposition and returns the old one.</summary>
    public SignalAction Exchange(int signal, SignalAction action, IEnumerable<LinuxThread> threads)
    {
        lock (SyncRoot)
        {
            var old = _actions[signal];
            _actions[signal] = action;
            var drops = action.Handler == SignalAction.Ignore
                || (action.Handler == SignalAction.Default && SignalNumbers.DefaultOf(signal) == DefaultAction.Ignore);
            if (drops)
            {
                // POSIX: setting a pending signal to be ignored discards it, blocked or not.
                Shared.Discard(SignalNumbers.Bit(signal));
                foreach (var thread in threads)
                {
                    thread.Pending.Discard(SignalNumbers.Bit(signal));
                }
            }

            Apply(signal, action);
            return old;
        }
    }

    /// <summary>Handlers become the default, as for a child with CLONE_CLEAR_SIGHAND.</summary>
    public void ClearHandlers()
    {
        lock (SyncRoot)
        {
            for (var signal = 1; signal <= SignalNumbers.Last; signal++)
            {
                _actions[signal] = _actions[signal].Cleared;
                Apply(signal, _actions[signal]);
            }
        }
    }

    /// <summary>Back to the default after SA_RESETHAND. Under the lock.</summary>
    public void ResetLocked(int signal)
    {
        _actions[signal] = _actions[signal] with { Handler = SignalAction.Default };
        Apply(signal, _actions[signal]);
    }

    /// <summary>Tells the host the disposition of a signal again, after something else was set there.</summary>
    public void Renew(int signal)
    {
        lock (SyncRoot)
        {
            Apply(signal, _actions[signal]);
        }
    }

    /// <summary>The disposition of a signal, under the lock.</summary>
    public SignalAction GetLocked(int signal) => _actions[signal];

    /// <summary>A thread is about to block signals: those that the host would drop or act on by itself are caught from now on.</summary>
    public void Blocking(ulong mask)
    {
        var missing = mask & ~Volatile.Read(ref _caughtForBlocking);
        if (missing == 0)
        {
            return;
        }

        lock (SyncRoot)
        {
            _caughtForBlocking |= mask;
            for (var signal = 1; signal <= SignalNumbers.Last; signal++)
            {
                if ((missing & SignalNumbers.Bit(signal)) != 0)
                {
                    Apply(signal, _actions[signal]);
                }
            }
        }
    }

    /// <summary>A forked child has none of its parent's pending signals (fork(2)). The calling guest thread is the only one.</summary>
    public void Forget(LinuxThread thread)
    {
        lock (SyncRoot)
        {
            HostSignals.Drain(_arrived);
            _arrived.Clear();
            Shared.Discard(ulong.MaxValue);
            thread.Pending.Discard(ulong.MaxValue);
        }
    }

    /// <summary>Moves what the host handler has queued into the pending sets and wakes the threads that should act. Any thread.</summary>
    public void Collect(LinuxProcess process)
    {
        lock (SyncRoot)
        {
            CollectLocked(process);
        }
    }

    /// <summary>As <see cref="Collect"/>, under the lock.</summary>
    public void CollectLocked(LinuxProcess process)
    {
        HostSignals.Drain(_arrived);
        foreach (var arrived in _arrived)
        {
            var thread = arrived.Info.Code == SignalInfo.SiTkill ? process.FindThread(arrived.Tid) : null;
            SendLocked(process, thread, arrived.Info);
        }

        _arrived.Clear();
    }

    /// <summary>Makes a signal pending, for a thread or (null) the process, and wakes who should act. Any thread.</summary>
    public void Send(LinuxProcess process, LinuxThread? target, in SignalInfo info)
    {
        lock (SyncRoot)
        {
            SendLocked(process, target, info);
        }
    }

    private void SendLocked(LinuxProcess process, LinuxThread? target, in SignalInfo info)
    {
        var bit = SignalNumbers.Bit(info.Number);
        if (info.Number == SignalNumbers.Chld && info.Code > 0 && _actions[info.Number].Handler == SignalAction.Ignore)
        {
            // do_notify_parent: of a child that ends or stops nobody is told then, also where the signal is blocked.
            return;
        }

        if (target is not null)
        {
            if (IsDropped(info.Number) && (target.Mask & bit) == 0)
            {
                return;
            }

            if ((target.Mask & ~target.WaitingFor & bit) != 0 && PutInFile(info))
            {
                return;
            }

            target.Pending.Add(info);
            if (((target.Mask & ~target.WaitingFor) & bit) == 0)
            {
                target.Kick();
            }

            return;
        }

        // The kernel prefers the main thread, then any that does not block the signal.
        LinuxThread? taker = null;
        foreach (var thread in process.Threads)
        {
            if (((thread.Mask & ~thread.WaitingFor) & bit) == 0 && (taker is null || thread.IsMain))
            {
                taker = thread;
            }
        }

        if (taker is not null && IsDropped(info.Number) && (taker.Mask & bit) == 0)
        {
            return;
        }

        if (taker is null && PutInFile(info))
        {
            return;
        }

        Shared.Add(info);
        taker?.Kick();
    }

    /// <summary>Adds a signalfd, or changes the set of the one that reads from a host descriptor; pending signals of the set go to it.</summary>
    public void SetFile(SignalFile file, LinuxThread thread)
    {
        lock (SyncRoot)
        {
            if (!_files.Contains(file))
            {
                _files.Add(file);
            }

            foreach (var pending in new[] { Shared, thread.Pending })
            {
                while (pending.TryTake(file.Mask & thread.Mask, out var info))
                {
                    file.Put(info, out _);
                }
            }
        }
    }

    /// <summary>True once the guest has made a signalfd that it may still read.</summary>
    public bool HasFiles
    {
        get
        {
            lock (SyncRoot)
            {
                return _files.Count > 0;
            }
        }
    }

    /// <summary>The signalfd that a host descriptor reads, or null.</summary>
    public SignalFile? FindFile(int hostDescriptor)
    {
        lock (SyncRoot)
        {
            return _files.Find(file => file.Reader == hostDescriptor);
        }
    }

    private bool PutInFile(in SignalInfo info)
    {
        for (var i = _files.Count - 1; i >= 0; i--)
        {
            var file = _files[i];
            if ((file.Mask & SignalNumbers.Bit(info.Number)) == 0)
            {
                continue;
            }

            if (file.Put(info, out var isClosed))
            {
                return true;
            }

            if (isClosed)
            {
                file.Close();
                _files.RemoveAt(i);
            }
        }

        return false;
    }

    private bool IsDropped(int signal)
    {
        var action = _actions[signal];
        return action.Handler == SignalAction.Ignore
            || (action.Handler == SignalAction.Default && SignalNumbers.DefaultOf(signal) == DefaultAction.Ignore);
    }

    /// <summary>Makes the host do what a disposition needs. Host handlers stay when a guest has blocked the signal: it must become pending.</summary>
    private void Apply(int signal, in SignalAction action)
    {
        var host = SignalNumbers.ToHost(signal);
        if (host == 0)
        {
            return;
        }

        if (action.Handler == SignalAction.Ignore && (_caughtForBlocking & SignalNumbers.Bit(signal)) == 0)
        {
            HostSignals.Ignore(host);
            return;
        }

        var caught = action.IsHandler || (_caughtForBlocking & SignalNumbers.Bit(signal)) != 0
            || SignalNumbers.DefaultOf(signal) is DefaultAction.Terminate or DefaultAction.Core;
        if (caught)
        {
            // A child whose end is ignored is no zombie: where the host's disposition cannot be to ignore, its flag says so.
            HostSignals.Catch(host, action.Handler == SignalAction.Ignore ? SignalAction.NoChildWait : action.Flags);
        }
        else
        {
            HostSignals.Default(host, action.Flags);
        }
    }
}
