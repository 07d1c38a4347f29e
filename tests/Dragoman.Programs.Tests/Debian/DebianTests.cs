using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Debian;

/// <summary>Programs that nobody has built for this project: what they print, and how they end, equals what they do under qemu-aarch64.</summary>
public sealed class DebianTests
{
    private const string Threads = """
        import threading, queue
        q, r = queue.Queue(), []
        def work():
            while (x := q.get()) is not None:
                r.append(x * x); q.task_done()
        ts = [threading.Thread(target=work) for _ in range(4)]
        for t in ts: t.start()
        for i in range(200): q.put(i)
        q.join()
        for t in ts: q.put(None)
        for t in ts: t.join()
        print(sum(r), len(r))
        """;

    private const string System = """
        import os, signal, select, socket, mmap, tempfile, time
        a, b = socket.socketpair(); a.send(b'hi'); print(b.recv(9)); r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(w, b'child'); os._exit(9)
        print(os.read(r, 10), os.waitpid(pid, 0)[1] >> 8)
        m = mmap.mmap(-1, 8192); m[0:5] = b'hello'; print(m[:5])
        signal.signal(signal.SIGUSR1, lambda *x: print('usr1')); os.kill(os.getpid(), signal.SIGUSR1)
        signal.signal(signal.SIGALRM, lambda *x: print('alarm')); signal.setitimer(signal.ITIMER_REAL, 0.05); time.sleep(0.2)
        p = select.epoll(); p.register(r, select.EPOLLIN); os.write(w, b'z'); print(p.poll(1)); print(os.path.basename(os.readlink('/proc/self/exe')))
        with tempfile.TemporaryFile() as f: f.write(b'q' * 10); f.seek(0); print(f.read())
        s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1); c = socket.create_connection(s.getsockname()); d, _ = s.accept(); c.sendall(b'net'); print(d.recv(10))
        """;

    private const string Libraries = """
        import hashlib, zlib, json, re, struct, random, decimal, datetime, math
        print(hashlib.sha256(b'x' * 1000).hexdigest(), zlib.crc32(b'hello'), json.dumps({'a': [1, 2.5, None]}), re.findall(r'\d+', 'a1b22'), random.Random(3).random())
        print(decimal.Decimal(1) / 7, datetime.datetime(2024, 2, 29).isoformat(), struct.pack('>dI', 1.5, 7).hex(), math.gamma(5.5), 2**200, '%.17g' % 0.1)
        """;

    private const string Async = """
        import asyncio
        async def f(i):
            await asyncio.sleep(0.01 * i); return i
        async def main(): print(await asyncio.gather(*[f(i) for i in range(5)]))
        asyncio.run(main())
        """;

    /// <summary>A program's path under the folder, and its arguments.</summary>
    public static TheoryData<string, string[]> Everyday => new()
    {
        { "bin/bash", ["-c", "a=(1 2 3); declare -A m; m[x]=1; x=abcdef; echo ${#a[@]} ${!m[@]} ${x:2:3} ${x^^} $((1<<40)); [[ abc =~ b ]] && printf '%q\n' 'a b'; echo a b | while read a b; do echo \"$b $a\"; done; trap 'echo bye' EXIT; exit 3"] },
        { "usr/bin/perl", ["-e", "my $p=fork; if(!$p){print \"child\\n\"; exit 7} waitpid $p,0; print $?>>8,\"\\n\"; $SIG{ALRM}=sub{print \"alarm\\n\"}; alarm 1; select undef,undef,undef,3; pipe R,W; if(!fork){close R; print W \"x\"x100000; exit} close W; my $n=0; while(read R,my $b,4096){$n+=length $b} print \"$n\\n\"; wait; die \"dying\\n\""] },
        { "usr/bin/python3.11", ["-S", "-c", "print(sum(x * x for x in range(1000)), '%.17g' % 0.1, 2 ** 200, sorted('hello'))"] },
        { "usr/bin/sqlite3", [":memory:", "create table t(a,b); with recursive c(x) as (select 1 union all select x+1 from c where x<5000) insert into t select x, x*x%97 from c; create index i on t(b); select b,count(*),sum(a) from t group by b order by 2 desc,1 limit 5; select round(avg(a),3), printf('%.15g', sqrt(2)) from t; pragma integrity_check;"] },
        { "usr/bin/gawk", ["BEGIN{PREC=100; print 2^0.5, strftime(\"%Y\",0,1); n=split(\"c b a\",x); asort(x); print x[1]}"] },
        { "usr/bin/lua5.4", ["-e", "print(string.format('%.14g',math.pi), 7//2, 1<<62); local t={} for i=1,1e5 do t[i]=i%13 end table.sort(t) print(t[50000], pcall(error,'x'))"] },
        { "usr/bin/jq", ["-n", "[range(10)]|map(.*2)|add"] },
        { "bin/grep", ["-nE", "r(o|a).*:", "/etc/passwd"] },
        { "usr/bin/find", ["/etc/apt", "-name", "*.list", "-printf", "%p %s\\n"] },
        { "usr/bin/xz", ["-zkc", "/etc/passwd"] },
        { "bin/ls", ["-la", "/etc/apt"] },
        { "usr/bin/sort", ["-rn", "/etc/passwd"] },
        { "usr/bin/sha512sum", ["/etc/passwd"] },
    };

    /// <summary>More of the same, for the long run.</summary>
    public static TheoryData<string, string[]> Long => TestFolders.Long ? s_long : new TheoryData<string, string[]> { { "bin/true", [] } };

    private static readonly TheoryData<string, string[]> s_long = new()
    {
        { "usr/bin/python3.11", ["-S", "-c", Threads] },
        { "usr/bin/python3.11", ["-S", "-c", System] },
        { "usr/bin/python3.11", ["-S", "-c", Libraries] },
        { "usr/bin/python3.11", ["-S", "-c", Async] },
        { "usr/bin/perl", ["-e", "my %h=map {$_=>$_**2} 1..10; print join(',',map {\"$_=$h{$_}\"} sort {$a<=>$b} keys %h),\"\\n\"; printf \"%.10f %s\\n\", atan2(1,1)*4, scalar localtime(0); for my $i (1..200000){$s+=$i%7} print \"$s\\n\", unpack('H*',pack('d>',3.14159)),\"\\n\"; my @a=(1)x1000000; print scalar(@a),\"\\n\""] },
        { "usr/bin/wc", ["/etc/passwd"] },
        { "usr/bin/md5sum", ["/etc/passwd"] },
        { "usr/bin/b2sum", ["/etc/passwd"] },
        { "usr/bin/cksum", ["-a", "sm3", "/etc/passwd"] },
        { "bin/date", ["-u", "-d", "@0"] },
        { "usr/bin/stat", ["-c", "%s_%F", "/etc/passwd"] },
        { "usr/bin/factor", ["1000000007", "99999999999"] },
        { "usr/bin/seq", ["1", "0.5", "3"] },
        { "usr/bin/numfmt", ["--to=iec", "123456789"] },
        { "usr/bin/nproc", [] },
        { "bin/uname", ["-m"] },
        { "bin/dd", ["if=/dev/zero", "bs=1k", "count=3", "status=none"] },
        { "usr/bin/od", ["-An", "-tx1", "-N16", "/bin/true"] },
        { "usr/bin/pr", ["-l", "20", "/etc/passwd"] },
        { "bin/readlink", ["/proc/self/exe"] },
        { "usr/bin/diff", ["/etc/hostname", "/etc/hosts"] },
    };

    [DebianTheory]
    [MemberData(nameof(Everyday))]
    public void A_program_does_as_under_qemu(string program, string[] arguments) => Compare(program, arguments);

    [DebianTheory]
    [MemberData(nameof(Long))]
    public void More_programs_do_as_under_qemu(string program, string[] arguments) => Compare(program, arguments);

    private static void Compare(string program, string[] arguments)
    {
        string root = DebianPrograms.Root!, path = Path.Combine(root, program);
        (string, string?)[] environment = [("LC_ALL", "C"), ("PYTHONHOME", root + "/usr"), ("PYTHONDONTWRITEBYTECODE", "1")];
        Witness.AssertSame(
            Witness.Run(path, arguments, options: ["-L", root], environment: environment),
            DragomanCommand.Run(path, arguments, ["-L", root], limit: TimeSpan.FromMinutes(2), environment: environment));
    }
}
