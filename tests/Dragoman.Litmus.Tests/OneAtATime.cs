// The threads of a run are to begin together: nothing else should take the processors from them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
