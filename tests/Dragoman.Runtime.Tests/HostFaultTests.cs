using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dragoman.Runtime.Faults;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;

namespace Dragoman.Runtime.Tests;

/// <summary>The emitted handler, with plain loads in the place of translated code.</summary>
public sealed unsafe class HostFaultTests : IDisposable
{
    private readonly byte* _page;
    private readonly byte* _file;

    public HostFaultTests()
    {
        HostFaultHandler.Install();
        _page = HostMemory.Map(null, 4096, HostMemory.ProtNone, HostMemory.MapPrivate | HostMemory.MapAnonymous, -1, 0);

        // One byte of file, two pages of mapping: the second lies past the end.
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, [1]);
        using var stream = File.OpenRead(path);
        _file = HostMemory.Map(null, 8192, HostMemory.ProtRead, HostMemory.MapPrivate, (int)stream.SafeFileHandle.DangerousGetHandle(), 0);
        File.Delete(path);
        Assert.True(_page != HostMemory.Failed && _file != HostMemory.Failed);
    }

    public void Dispose()
    {
        HostMemory.Unmap(_page, 4096);
        HostMemory.Unmap(_file, 8192);
    }

    [Fact]
    public void RecordsAReadOfAnInaccessiblePage()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => Load(_page + 24)));
        Assert.Equal((11, 2, (ulong)_page + 24, 0UL),
            (block.Header->HostSignal, block.Header->HostSignalCode, block.Header->HostFaultAddress, block.Header->HostFaultError & 2));
        Assert.NotEqual(0UL, block.Header->HostFaultRip);
    }

    [Fact]
    public void RecordsAWrite()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => Volatile.Write(ref *(ulong*)_page, 1)));
        Assert.Equal(2UL, block.Header->HostFaultError & 2);
    }

    [Fact]
    public void RecordsAnUnmappedAddress()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => Load((byte*)0x12345678000)));
        Assert.Equal((11, 1, 0x12345678000UL), (block.Header->HostSignal, block.Header->HostSignalCode, block.Header->HostFaultAddress));
    }

    [Fact]
    public void TakesAFaultWithoutAnAddress()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => Load((byte*)0x8000_0000_0000_0000)));
        Assert.Equal((11, 128), (block.Header->HostSignal, block.Header->HostSignalCode));
    }

    [Fact]
    public void TakesAKernelHalfAddress()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => Load((byte*)0xFFFF_8000_0000_0000)));
        Assert.Equal(11, block.Header->HostSignal);
    }

    [Fact]
    public void RecordsABusErrorPastAFilesEnd()
    {
        using var block = new Block();
        Assert.False(block.Faults(() => Load(_file)));
        Assert.True(block.Faults(() => Load(_file + 4096)));
        Assert.Equal((7, 2, (ulong)_file + 4096), (block.Header->HostSignal, block.Header->HostSignalCode, block.Header->HostFaultAddress));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AGuardedCopyEndsWhereAFileDoes(bool runsVcpu)
    {
        using var block = runsVcpu ? new Block() : null;
        var bytes = stackalloc byte[24];
        Assert.Equal(16, GuardedCopy.Read(_file + 64, bytes, 16));
        Assert.Equal(11, GuardedCopy.Read(_file + 4085, bytes, 24));
        Assert.Equal(0, GuardedCopy.Read(_file + 4096, bytes, 8));
        Assert.Equal(0, GuardedCopy.Read((byte*)0x8000_0000_0000_0000, bytes, 8));
        if (block is not null)
        {
            Assert.Equal((0, 0), (block.Header->HostSignal, block.Header->InTranslatedCode));
        }
    }

    [Fact]
    public void TakesFaultsOfADynamicMethodCalledThroughAChainOfTailCalls()
    {
        // load(address): a volatile load whose value goes to a slot; chain(address, code): tail calli.
        var load = new DynamicMethod("load", typeof(long), [typeof(nint)], typeof(HostFaultTests).Module, skipVisibility: true);
        var il = load.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Ldind_I8);
        il.Emit(OpCodes.Ret);
        var target = load.CreateDelegate<Func<nint, long>>();
        var loadPointer = Pointer(load);

        var chain = new DynamicMethod("chain", typeof(long), [typeof(nint), typeof(nint)], typeof(HostFaultTests).Module, skipVisibility: true);
        il = chain.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Tailcall);
        il.EmitCalli(OpCodes.Calli, System.Reflection.CallingConventions.Standard, typeof(long), [typeof(nint)], null);
        il.Emit(OpCodes.Ret);
        var entry = chain.CreateDelegate<Func<nint, nint, long>>();

        using var block = new Block();
        Assert.True(block.Faults(() => entry((nint)_page, loadPointer)));
        Assert.Equal((ulong)_page, block.Header->HostFaultAddress);
        GC.KeepAlive(target);
    }

    [Fact]
    public void TakesTensOfThousandsOfFaultsOfSeveralThreadsAtOnce()
    {
        var taken = 0;
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            using var block = new Block();
            for (var i = 0; i < 10_000; i++)
            {
                var address = _page + ((number * 64) + (i & 63));
                if (block.Faults(() => Load8(address)) && block.Header->HostFaultAddress == (ulong)address)
                {
                    Interlocked.Increment(ref taken);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(40_000, taken);
    }

    [Fact]
    public void LeavesOrdinaryNullReferencesAlone()
    {
        string? nothing = null;
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
        using var block = new Block();
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
        Assert.Equal(0, block.Header->HostSignal);
        Assert.True(block.Faults(() => Load(_page)));
        block.Header->HostSignal = 0;
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
        Assert.Equal(0, block.Header->HostSignal);
    }

    [Fact]
    public void GoesToTheFaultExitOfNativeCode()
    {
        // mov rax, [rdi]; ret | exit: mov rax, -2; ret
        byte[] code = [0x48, 0x8B, 0x07, 0xC3, 0x48, 0xC7, 0xC0, 0xFE, 0xFF, 0xFF, 0xFF, 0xC3];
        var page = HostMemory.Map(null, 4096, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapPrivate | HostMemory.MapAnonymous, -1, 0);
        code.CopyTo(new Span<byte>(page, 4096));
        Assert.Equal(0, HostMemory.Protect(page, 4096, HostMemory.ProtRead | HostMemory.ProtExec));
        NativeFaultExits.Add((nint)page, 4, (nint)page + 4);

        using var block = new Block();
        var value = 77L;
        Assert.Equal(77, ((delegate* unmanaged<long*, long>)page)(&value));
        var result = 0L;
        Assert.False(block.Faults(() => result = ((delegate* unmanaged<long*, long>)page)((long*)_page)));
        Assert.Equal(-2, result);
        Assert.Equal((11, (ulong)_page), (block.Header->HostSignal, block.Header->HostFaultAddress));
    }

    [Fact]
    public void GivesASignalThatWasSentToItsOwnHandler()
    {
        // handler: add dword [rip + cell], 1; ret. The cell lies on the page after it.
        var page = HostMemory.Map(null, 8192, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapPrivate | HostMemory.MapAnonymous, -1, 0);
        byte[] code = [0x83, 0x05, 0xF9, 0x0F, 0x00, 0x00, 0x01, 0xC3];
        code.CopyTo(new Span<byte>(page, 4096));
        Assert.Equal(0, HostMemory.Protect(page, 4096, HostMemory.ProtRead | HostMemory.ProtExec));
        using var block = new Block();
        var before = HostFaultHandler.SentSignalHandler;
        HostFaultHandler.SentSignalHandler = (nint)page;
        try
        {
            Assert.False(block.Faults(() => Assert.Equal(0, Raise(11))));
            Assert.False(block.Faults(() => Assert.Equal(0, Raise(7))));
        }
        finally
        {
            HostFaultHandler.SentSignalHandler = before;
        }

        Assert.Equal(2, *(int*)(page + 4096));
        Assert.Equal(0, block.Header->HostSignal);
        Assert.True(block.Faults(() => Load(_page)));
    }

    [Fact]
    public void ExchangesSixteenBytesAtomically()
    {
        // Four threads add to both halves at once: they stay equal.
        var pair = (ulong*)NativeMemory.AlignedAlloc(16, 16);
        pair[0] = pair[1] = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var old = default(Vector128<byte>);
                while (true)
                {
                    var next = (old.AsUInt64() + Vector128<ulong>.One).AsByte();
                    var seen = HostAtomics.CompareExchange128((nint)pair, old, next);
                    if (seen == old)
                    {
                        break;
                    }

                    Assert.Equal(seen.AsUInt64()[0], seen.AsUInt64()[1]);
                    old = seen;
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal((20000UL, 20000UL), (pair[0], pair[1]));
        NativeMemory.AlignedFree(pair);
    }

    [Fact]
    public void RecordsAFaultOfASixteenByteExchange()
    {
        using var block = new Block();
        Assert.True(block.Faults(() => HostAtomics.CompareExchange128((nint)_page, default, default)));
        Assert.Equal((11, (ulong)_page), (block.Header->HostSignal, block.Header->HostFaultAddress));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Load(byte* address) => Volatile.Read(ref *(ulong*)address);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Load8(byte* address) => Volatile.Read(ref *address);

    [DllImport("libc", EntryPoint = "raise")]
    private static extern int Raise(int signal);

    private static nint Pointer(DynamicMethod method)
    {
        var descriptor = typeof(DynamicMethod).GetMethod("GetMethodDescriptor", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
        return ((RuntimeMethodHandle)descriptor.Invoke(method, null)!).GetFunctionPointer();
    }

    /// <summary>A vCPU block that belongs to this thread.</summary>
    private sealed class Block : IDisposable
    {
        private readonly byte* _env = (byte*)NativeMemory.AllocZeroed(VcpuHeader.GuestState);

        public Block() => VcpuThreadKey.Current = _env;

        public VcpuHeader* Header => (VcpuHeader*)_env;

        /// <summary>Runs something as translated code; true when .NET threw at an access of it.</summary>
        public bool Faults(Action translated)
        {
            try
            {
                Volatile.Write(ref Header->InTranslatedCode, 1);
                translated();
                return false;
            }
            catch (NullReferenceException)
            {
                return true;
            }
            finally
            {
                Volatile.Write(ref Header->InTranslatedCode, 0);
            }
        }

        public void Dispose()
        {
            VcpuThreadKey.Current = null;
            NativeMemory.Free(_env);
        }
    }
}
