using Dragoman.Runtime.Translation;

namespace Dragoman.Runtime.Execution;

/// <summary>What forks and programs that take each other's place pass on.</summary>
public sealed unsafe partial class UserMachine
{
    /// <summary>
    /// Blocks that the child of a fork runs before it counts and links any: most children execute another program or end by then, and the first write to each
    /// page that it has of its parent costs as much as a hundred blocks.
    /// </summary>
    private const ulong ChildQuiet = 2_000;

    /// <summary>Bytes allocated since garbage was last collected for the children's sake that make it worth it again.</summary>
    private const long CompactAfter = 4 << 20;

    // Of the only guest thread, when it forks: what the process had allocated when it last moved its objects together.
    private long _compactedAt;

    // Written before the first vCPU runs; what it holds is guarded by the memory's lock.
    private CarriedCode? _carried;

    // Written by the only guest thread, when it forks or before it runs.
    private ChildLedger? _ledger;

    // True in a copy that fork made. Written by its only thread before it runs.
    private bool _isChild;

    // Written with _isChild.
    private ulong _quietDispatches;

    // Made by the only guest thread when it forks.
    private TbBuilder? _forChildren;

    /// <inheritdoc/>
    internal override CarriedCode? Carried => _carried;

    /// <inheritdoc/>
    internal override ulong QuietDispatches => _quietDispatches;

    /// <summary>Waits until no background thread compiles, and lets none begin until <see cref="ResumeCompiler"/>: for who forks this process. Any thread.</summary>
    public void PauseCompiler() => CompileQueue?.Pause();

    /// <summary>Before a fork: translates what earlier children all had to translate, and moves the heap together for the next. On the only guest thread, outside execution.</summary>
    public void PrepareForChild()
    {
        if (_ledger is not null)
        {
            _forChildren ??= new TbBuilder(this);
            while (Cache.Table.Count < Options.MaxTbs && _ledger.TryRead(out var block))
            {
                _forChildren.BuildLike(block);
            }

            Compact();
        }
        else if (Options.Log is null)
        {
            _ledger = ChildLedger.Create();
        }
    }

    /// <summary>
    /// Moves what lives together. A child's first touch of each page costs it a fault, and blocks lie among the garbage of their translation; and a child that begins
    /// with little left to allocate would collect garbage itself, and copy all of the heap for that.
    /// </summary>
    private void Compact()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _compactedAt >= CompactAfter)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            _compactedAt = allocated;
        }
    }

    /// <summary>Ends <see cref="PauseCompiler"/>. Any thread.</summary>
    public void ResumeCompiler() => CompileQueue?.Resume();

    /// <summary>
    /// In the child of a fork between <see cref="PauseCompiler"/> and its end: the calling thread, which runs the only vCPU, is the only one there is, and
    /// compiles itself from now on.
    /// </summary>
    public void ContinueAlone()
    {
        _isChild = true;
        _quietDispatches = _vcpus[0].Header->DispatchCount + ChildQuiet;
        CompileQueue?.ContinueAlone();
    }

    /// <summary>
    /// Takes the place of a machine that has been disposed: has its code used here where the same bytes stand at the same address, if the guest is the same object. The options, but
    /// for those of the hot tier, must be the same. Before the first vCPU runs here.
    /// </summary>
    public void Succeed(UserMachine other)
    {
        _isChild = other._isChild;
        _quietDispatches = _isChild ? ChildQuiet : 0;
        _ledger = other._ledger;
        _ledger?.Rewind();
        if (Options.Log is null && ReferenceEquals(other.Guest, Guest) && other.Memory.LimitLog2 == Memory.LimitLog2)
        {
            _carried = new CarriedCode(other.Cache.Table, other._carried);
        }
    }

    /// <inheritdoc/>
    internal override void NoteTranslation(TranslationBlock tb)
    {
        if (_isChild)
        {
            _ledger?.Note(tb);
        }
    }
}
