using System.Text;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests.BusyBox;

/// <summary>Applets of busybox-static on real input: what they print equals what they print under qemu-aarch64, or for x86-64 on the host.</summary>
public sealed class BusyBoxTests
{
    // Everyday x86-64 does one in so many, always the same.
    private const int EverydayShare = 6;

    /// <summary>The program, or null when Debian's archive cannot be reached.</summary>
    public static string? ProgramOf(GuestMachine guest) =>
        DebianArchive.Unpacked("busybox-static", guest.IsHost ? "amd64" : "arm64") is { } folder ? Path.Combine(folder, "bin/busybox") : null;

    private const string Text = "banana 7\napple 12\ncherry 3 x\napple 12\n\nDate\tfig: 100\nlast line without end";

    /// <summary>Scripts that one shell runs under qemu-aarch64 too: with it, a pipe's parts are the same process image, not new programs.</summary>
    public static TheoryData<string> Applets =>
    [
        "echo a b", "cat", "cat -A", "sort", "sort -rn -k2", "sort -u", "uniq -c", "wc", "wc -lw", "tr a-z A-Z", "tr -d aeiou", "rev", "tac", "nl", "fold -w 5", "expand",
        "head -n 2", "tail -n 2", "cut -d_ -f1", "cut -c2-4", "paste - -", "md5sum", "sha1sum", "sha256sum", "sha512sum", "sha3sum", "cksum", "sum", "crc32", "base64",
        "od -c", "od -t x4", "hexdump -C", "xxd", "strings", "gzip -c", "bzip2 -c", "grep -n pp", "grep -v a", "grep -E ^(a|b)", "grep -c z", "sed s/a/<&>/g", "sed -n 2,3p",
        "awk {s+=$2}END{print(s/7,length)}", "awk -F: {print(NF,$1)}", "awk BEGIN{printf(\"%.3f|%5d|%s\",atan2(1,2),42,substr(\"hello\",2,3))}", "expr 3 + 4", "expr 7 / 0",
        "seq 1 3 30", "factor 1234567890123", "date -u -d @0", "date -u -d @1700000000 +%F_%T", "cal 2 2024", "dc -e 2p", "bc", "id -u", "uname -m", "basename /a/b.c .c",
        "dirname /a/b.c", "printf %5d|%x|%s\\n 42 255 text", "test 3 -gt 4", "true", "false", "sleep 0", "ls /etc/apt", "find /etc/apt -name *.list", "stat -c %s,%F /etc/passwd",
        "readlink -f /proc/../etc", "du -s /etc/hostname", "diff /etc/hostname /etc/hosts", "cmp /etc/hostname /etc/hosts", "comm /etc/hostname /etc/hosts", "no-such-applet", "cat /no/such/file",
    ];

    public static TheoryData<string> Scripts =>
    [
        "for i in 1 2 3; do echo $i; done; echo $((3 * 7 % 5)); x=$(echo inner); echo \"$x\"; exit 4",
        "cat | sort | uniq -c | sort -rn | head -n 3",
        "f() { echo \"$1 $#\"; return 3; }; f a b c; echo $?; case abc in a*) echo yes;; *) echo no;; esac",
        "trap 'echo caught' USR1; kill -USR1 $$; trap 'echo leaving' EXIT; echo on",
        "mkdir d && cd d && for i in a b c; do echo $i$i > $i.txt; done; tar cf ../t.tar . && cd .. && mkdir e && tar xf t.tar -C e && diff -r d e && ls e && cat e/b.txt",
        "seq 1 20000 > n; gzip -k n; gunzip -c n.gz | cmp - n && echo same; bzip2 -k n; bunzip2 -c n.bz2 | md5sum; wc -c < n",
        "find /etc/apt -type f | sort | xargs -n 2 echo; echo a b c | xargs -n 1 echo item",
        "(sleep 0.05; echo late) & echo early; wait; echo done",
        "yes | head -n 5; echo $?",
        "cat <<END\nhere $((1+1))\nEND\nread a b < /dev/null; echo \"status $?\"",
        "i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; echo $i; set -- x y z; shift; echo $*; echo ${#1} ${1:-none} ${9:-none}",
        "kill -9 $$",
        "sh -c 'exit 7'; echo $?; sh -c 'kill -TERM $$'; echo $?",
    ];

    [BusyBoxTheory]
    [MemberData(nameof(Applets))]
    public void An_applet_prints_the_same(string command) => Compare(command.Split(' '));

    [BusyBoxTheory]
    [MemberData(nameof(Scripts))]
    public void A_script_prints_the_same(string script) => Compare(["sh", "-c", script]);

    public static TheoryData<string> X64Applets => Chosen(Applets);

    public static TheoryData<string> X64Scripts => Chosen(Scripts);

    [BusyBoxTheory(GuestMachine.X64Name)]
    [MemberData(nameof(X64Applets))]
    public void An_x64_applet_prints_the_same(string command) => Compare(command.Split(' '), GuestMachine.X64);

    [BusyBoxTheory(GuestMachine.X64Name)]
    [MemberData(nameof(X64Scripts))]
    public void An_x64_script_prints_the_same(string script) => Compare(["sh", "-c", script], GuestMachine.X64);

    private static TheoryData<string> Chosen(TheoryData<string> all) =>
        new(((IEnumerable<object[]>)all).Select(row => (string)row[0]).Where((_, index) => TestFolders.Long || index % EverydayShare == 0));

    private static void Compare(string[] arguments, GuestMachine? guest = null)
    {
        string program = ProgramOf(guest ?? GuestMachine.AArch64)!;
        byte[] input = Encoding.UTF8.GetBytes(Text);
        Witness.AssertSame(In(folder => Witness.Run(program, arguments, input, folder, guest: guest)), In(folder => DragomanCommand.Run(program, arguments, input: input, folder: folder)));
    }

    private static ProcessResult In(Func<string, ProcessResult> run)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dragoman-busybox-");
        try
        {
            return run(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
