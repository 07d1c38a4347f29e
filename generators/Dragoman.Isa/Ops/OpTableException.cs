using System;

namespace Dragoman.Isa.Ops;

/// <summary>The op table is wrong at a position; the generator reports it there.</summary>
public sealed class OpTableException : Exception
{
    public OpTableException(int line, int column, string message)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column, from 1.</summary>
    public int Column { get; }
}
