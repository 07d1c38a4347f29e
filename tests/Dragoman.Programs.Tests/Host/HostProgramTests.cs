using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.Host;

/// <summary>The host's own programs, with the host's own libraries, run as x86-64 guests: what they print, and how they end, equals what they do natively.</summary>
public sealed class HostProgramTests
{
    private const string Sql =
        "create table t(a,b); with recursive c(x) as (select 1 union all select x+1 from c where x<2000) insert into t select x, x*x%97 from c; create index i on t(b); "
        + "select b,count(*),sum(a) from t group by b order by 2 desc,1 limit 5; select round(avg(a),3), printf('%.15g', sqrt(2)) from t; pragma integrity_check;";

    private const string Python = """
        import hashlib, zlib, json, re, struct, random, decimal, math, threading
        print(hashlib.sha256(b'x' * 1000).hexdigest(), zlib.crc32(b'hello'), json.dumps({'a': [1, 2.5, None]}), re.findall(r'\d+', 'a1b22'), random.Random(3).random())
        print(decimal.Decimal(1) / 7, struct.pack('>dI', 1.5, 7).hex(), math.gamma(5.5), 2**200, '%.17g' % 0.1)
        r = []; ts = [threading.Thread(target=lambda i=i: r.append(i * i)) for i in range(8)]
        for t in ts: t.start()
        for t in ts: t.join()
        print(sorted(r))
        """;

    private const string Perl =
        "my %h=map {$_=>$_**2} 1..10; print join(',',map {\"$_=$h{$_}\"} sort {$a<=>$b} keys %h),\"\\n\"; printf \"%.10f %s\\n\", atan2(1,1)*4, scalar gmtime(0); "
        + "my $p=fork; if(!$p){print \"child\\n\"; exit 7} waitpid $p,0; print $?>>8,\"\\n\"; print unpack('H*',pack('d>',3.14159)),\"\\n\"; die \"dying\\n\"";

    /// <summary>What the host must have for these tests.</summary>
    internal static IReadOnlyList<string> Programs { get; } = ["/bin/true", "/bin/ls", "/usr/bin/perl", "/usr/bin/sqlite3", "/usr/bin/openssl"];

    public static TheoryData<string, string[]> Everyday => new()
    {
        { "/bin/true", [] },
        { "/bin/ls", ["-la", "/etc/apt"] },
        { "/usr/bin/perl", ["-e", Perl] },
        { "/usr/bin/sqlite3", [":memory:", Sql] },
        { "/usr/bin/openssl", ["dgst", "-sha256", "/etc/passwd"] },
    };

    /// <summary>More of the same, for the long run: of those that the host has.</summary>
    public static TheoryData<string, string[]> Long
    {
        get
        {
            TheoryData<string, string[]> present = [];
            foreach (object[] row in (IEnumerable<object[]>)(TestFolders.Long ? s_long : new TheoryData<string, string[]> { { "/bin/false", [] } }))
            {
                if (File.Exists((string)row[0]))
                {
                    present.Add((string)row[0], (string[])row[1]);
                }
            }

            return present;
        }
    }

    private static readonly TheoryData<string, string[]> s_long = new()
    {
        { "/usr/bin/python3", ["-S", "-c", Python] },
        { "/usr/bin/openssl", ["enc", "-aes-256-cbc", "-pbkdf2", "-iter", "100", "-S", "0102030405060708", "-pass", "pass:x", "-a", "-in", "/etc/passwd"] },
        { "/usr/bin/openssl", ["prime", "1000000007"] },
        { "/bin/bash", ["-c", "a=(1 2 3); x=abcdef; echo ${#a[@]} ${x:2:3} ${x^^} $((1<<40)); echo a b | while read a b; do echo \"$b $a\"; done; trap 'echo bye' EXIT; exit 3"] },
        { "/bin/grep", ["-nE", "r(o|a).*:", "/etc/passwd"] },
        { "/usr/bin/find", ["/etc/apt", "-name", "*.list", "-printf", "%p %s\\n"] },
        { "/usr/bin/sort", ["-rn", "/etc/passwd"] },
        { "/usr/bin/sha512sum", ["/etc/passwd"] },
        { "/usr/bin/awk", ["BEGIN{printf(\"%.15g %d\\n\", exp(1), 7 / 2)}"] },
        { "/usr/bin/seq", ["1", "0.5", "3"] },
        { "/usr/bin/factor", ["1000000007", "99999999999"] },
        { "/usr/bin/xz", ["-zkc", "/etc/passwd"] },
        { "/usr/bin/gcc", ["--version"] },
    };

    [HostTheory]
    [MemberData(nameof(Everyday))]
    public void A_program_does_as_natively(string program, string[] arguments) => Compare(program, arguments);

    [HostTheory]
    [MemberData(nameof(Long))]
    public void More_programs_do_as_natively(string program, string[] arguments) => Compare(program, arguments);

    private static void Compare(string program, string[] arguments)
    {
        (string, string?)[] environment = [("LC_ALL", "C"), ("PYTHONDONTWRITEBYTECODE", "1")];
        Witness.AssertSame(
            Witness.Run(program, arguments, environment: environment, guest: GuestMachine.X64),
            DragomanCommand.Run(program, arguments, limit: TimeSpan.FromMinutes(2), environment: environment));
    }
}
