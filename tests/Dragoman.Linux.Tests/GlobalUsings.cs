// Guest processes own their host process's signals and descriptors: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
