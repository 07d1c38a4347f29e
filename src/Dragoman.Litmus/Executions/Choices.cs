namespace Dragoman.Litmus.Executions;

/// <summary>Walks all ways through a computation that is run again and again and asks for choices: depth first, the last choice changing fastest.</summary>
internal sealed class Choices
{
    private readonly List<(int Taken, int Count)> _path = [];
    private int _next;

    /// <summary>The choice among <paramref name="count"/> alternatives on this run.</summary>
    public int Choose(int count)
    {
        if (_next == _path.Count)
        {
            _path.Add((0, count));
        }

        return _path[_next++].Taken;
    }

    /// <summary>Turns to the next run; false when all ways were walked.</summary>
    public bool MoveNext()
    {
        _path.RemoveRange(_next, _path.Count - _next);
        _next = 0;
        while (_path.Count > 0)
        {
            (int taken, int count) = _path[^1];
            if (taken + 1 < count)
            {
                _path[^1] = (taken + 1, count);
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }
}
