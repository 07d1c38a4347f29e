using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Wrong command lines and files that are no programs: one clear line that blames the right word, and a non-zero exit. '' stands for an empty argument.</summary>
public sealed class CommandLineTests
{
    private const int Failed = 1, Usage = 2, CannotRun = 126, NotFound = 127;

    [Theory]
    [InlineData("", Usage, "which command? There is run, system, disas")]
    [InlineData("no-such-command", Usage, "unknown command 'no-such-command'")]
    [InlineData("--bogus", Usage, "unknown option '--bogus'; see 'dragoman --help'")]
    [InlineData("-D /no/such/folder/log", Usage, "unknown option '-D'")]
    [InlineData("[diagram] run /bin/true", Usage, "unknown command '[diagram]'")]
    [InlineData("run", Usage, "which program?")]
    [InlineData("run ''", Usage, "which program?")]
    [InlineData("run --", Usage, "which program?")]
    [InlineData("run -- --bogus", NotFound, "--bogus: no such file")]
    [InlineData("run @file", NotFound, "@file: no such file")]
    [InlineData("run /no/such/file", NotFound, "/no/such/file: no such file")]
    [InlineData("run /tmp", CannotRun, "/tmp: is a directory")]
    [InlineData("run /dev/null", CannotRun, "not a regular file")]
    [InlineData("run /dev/zero", CannotRun, "not a regular file")]
    [InlineData("run /proc/self/mem", CannotRun, "/proc/self/mem: cannot be read (EIO)")]
    [InlineData("run /no/such\nfile", NotFound, "/no/such file: no such file")]
    [InlineData("run /etc/passwd", CannotRun, "not an ELF file")]
    [InlineData("run --bogus /bin/true", Usage, "unknown option '--bogus'; see 'dragoman run --help'")]
    [InlineData("run --bogus=1 /bin/true", Usage, "unknown option '--bogus'")]
    [InlineData("run -DX /bin/true", Usage, "unknown option '-DX'")]
    [InlineData("run --backend", Usage, "--backend needs a value")]
    [InlineData("run --backend jit /bin/true", Usage, "--backend 'jit': there is auto, interpreter, il, lockstep;")]
    [InlineData("run --thread many /bin/true", Usage, "--thread 'many': there is multi, single;")]
    [InlineData("run --strace=yes /bin/true", Usage, "--strace takes no value")]
    [InlineData("run -d no_such_item /bin/true", Usage, "unknown log item 'no_such_item'")]
    [InlineData("run -d strace -D /no/such/folder/log /bin/true", Failed, "cannot write the log file '/no/such/folder/log': No such file or directory")]
    [InlineData("run -D /no/such/folder/log /bin/true", Failed, "cannot write the log file")]
    [InlineData("run -d strace -D /tmp /bin/true", Failed, "cannot write the log file '/tmp': Is a directory")]
    [InlineData("run -d strace -D '' /bin/true", Failed, "cannot write the log file ''")]
    [InlineData("run --dfilter nonsense /bin/true", Usage, "'nonsense' is not an address range")]
    [InlineData("run --dfilter 5..3 /bin/true", Usage, "'5..3' is not an address range")]
    [InlineData("run --cpu", Usage, "--cpu needs a value")]
    [InlineData("run --cpu z80 /bin/true", Usage, "x86_64 has no CPU model or feature 'z80'")]
    [InlineData("run -E =x /bin/true", Usage, "'=x' names no environment variable")]
    [InlineData("run -E '' /bin/true", Usage, "'' names no environment variable")]
    [InlineData("run --take-up 77 /bin/true", Usage, "--take-up")]
    [InlineData("run --take-up x /bin/true", Usage, "--take-up 'x': not a whole number")]
    [InlineData("system", Usage, "which kernel?")]
    [InlineData("system --kernel", Usage, "--kernel needs a value")]
    [InlineData("system --kernel ''", Failed, "cannot read '': the name is empty")]
    [InlineData("system --kernel /no/such/file", Failed, "cannot read '/no/such/file': no such file or directory")]
    [InlineData("system --kernel /tmp", Failed, "it is a directory")]
    [InlineData("system --kernel /dev/null", Failed, "cannot load '/dev/null': the file is empty")]
    [InlineData("system --kernel /dev/zero", Failed, "larger than 64 MiB")]
    [InlineData("system --kernel /bin/true", Failed, "cannot load '/bin/true': an ELF file for other processors")]
    [InlineData("system --kernel /etc/passwd --initrd /no/such/file", Failed, "cannot read '/no/such/file'")]
    [InlineData("system --kernel /etc/passwd --memory 0", Usage, "system: 0 bytes of RAM")]
    [InlineData("system --kernel /etc/passwd --memory 1000K", Usage, "it takes whole MiB")]
    [InlineData("system --kernel /etc/passwd --memory much", Usage, "--memory 'much': not a size")]
    [InlineData("system --kernel /etc/passwd --memory 99999999999999T", Usage, "not a size")]
    [InlineData("system --kernel /etc/passwd --memory 4T", Usage, "it takes whole MiB, up to 1047552")]
    [InlineData("system --kernel /etc/passwd --cpus 0", Usage, "0 vCPUs: a GIC of version 2 serves 1 to 8")]
    [InlineData("system --kernel /etc/passwd --cpus 9", Usage, "9 vCPUs: a GIC of version 2 serves 1 to 8")]
    [InlineData("system --kernel /etc/passwd --cpus many", Usage, "--cpus 'many': not a whole number")]
    [InlineData("system --kernel /etc/passwd --machine q35", Usage, "--machine 'q35': there is virt")]
    [InlineData("system --kernel /etc/passwd --machine virt,gic-version=4", Usage, "there is gic-version=2 and gic-version=3")]
    [InlineData("system --kernel /etc/passwd --machine virt,secure=on", Usage, "--machine virt,secure=on")]
    [InlineData("system --kernel /etc/passwd --cpu z80", Usage, "aarch64 has no CPU model or feature 'z80'")]
    [InlineData("system --kernel /etc/passwd --thread both", Usage, "--thread 'both': there is auto, multi, single;")]
    [InlineData("system --kernel /etc/passwd --backend lockstep", Usage, "--backend 'lockstep': there is auto, interpreter, il;")]
    [InlineData("system --kernel /etc/passwd --console vga", Usage, "--console 'vga': there is uart, virtio;")]
    [InlineData("system --kernel /etc/passwd --drive /no/such/file", Failed, "--drive: cannot open '/no/such/file': no such file or directory")]
    [InlineData("system --kernel /etc/passwd --fw-cfg nothing", Usage, "--fw-cfg 'nothing': not NAME=FILE")]
    [InlineData("system --kernel /etc/passwd --dump-dtb /no/such/folder/file", Failed, "cannot write '/no/such/folder/file'")]
    [InlineData("system --kernel /etc/passwd extra", Usage, "'extra' is one argument too many")]
    [InlineData("disas", Usage, "disas takes either --hex BYTES")]
    [InlineData("disas ''", Failed, "cannot read '': the name is empty")]
    [InlineData("disas /no/such/file", Failed, "cannot read '/no/such/file': no such file or directory")]
    [InlineData("disas /tmp", Failed, "cannot read '/tmp': it is a directory")]
    [InlineData("disas /dev/null", Failed, "/dev/null")]
    [InlineData("disas /dev/zero", Failed, "larger than 64 MiB")]
    [InlineData("disas /etc/passwd", Failed, "/etc/passwd")]
    [InlineData("disas /etc/passwd /etc/passwd", Usage, "one argument too many")]
    [InlineData("disas --arch z80 --hex 00", Usage, "unknown architecture 'z80'")]
    [InlineData("disas --arch aarch64 --hex xyz", Usage, "'xyz' is not an even number of hexadecimal digits")]
    [InlineData("disas --arch aarch64 --hex ''", Usage, "--hex holds no bytes")]
    [InlineData("disas --arch aarch64 --hex", Usage, "--hex needs a value")]
    [InlineData("disas --arch aarch64 --hex 00 --address q", Usage, "'q' is not a hexadecimal address")]
    [InlineData("disas --hex 00", Usage, "--hex needs --arch")]
    [InlineData("disas --arch aarch64", Usage, "disas takes either")]
    [InlineData("disas --arch aarch64 /etc/passwd", Usage, "--arch and --address go with --hex")]
    [InlineData("audit", Usage, "GUEST is missing")]
    [InlineData("audit ''", Usage, "no guest ''")]
    [InlineData("audit pdp11", Usage, "no guest 'pdp11'")]
    [InlineData("audit alpha --format xml", Usage, "there is text, markdown, json, tsv")]
    [InlineData("audit aarch64 alpha", Usage, "'alpha' is one argument too many")]
    [InlineData("litmus", Usage, "FILE is missing")]
    [InlineData("litmus ''", Failed, "cannot read '': the name is empty")]
    [InlineData("litmus /no/such/file", Failed, "cannot read '/no/such/file'")]
    [InlineData("litmus /tmp", Failed, "it is a directory")]
    [InlineData("litmus /dev/zero", Failed, "larger than 64 MiB")]
    [InlineData("litmus /etc/passwd", Failed, "/etc/passwd:1:")]
    [InlineData("litmus --runs x /etc/passwd", Usage, "--runs 'x': not a whole number")]
    [InlineData("litmus --runs -1 /etc/passwd", Usage, "--runs -1")]
    [InlineData("litmus --backend lockstep /etc/passwd", Usage, "--backend 'lockstep': there is auto, interpreter, il;")]
    [InlineData("demo --length 5", Usage, "--length takes 16 to 100000")]
    [InlineData("demo --length 99999999999", Usage, "--length '99999999999': not a whole number")]
    [InlineData("demo --vcpus 0", Usage, "--vcpus takes 1 to 64")]
    [InlineData("demo --guest vax", Usage, "--guest 'vax': there is aarch64, alpha;")]
    [InlineData("demo --vcpus", Usage, "--vcpus needs a value")]
    [InlineData("demo 3200", Usage, "'3200' is one argument too many")]
    public void Is_one_line(string arguments, int status, string part)
    {
        ProcessResult result = DragomanCommand.Invoke(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word));
        Refusal.AssertOneLine(result);
        Assert.StartsWith("dragoman: ", result.ErrorText);
        Assert.Contains(part, result.ErrorText);
        Assert.DoesNotContain('\t', result.ErrorText);
        Assert.DoesNotMatch("[a-z]+_[A-Z]", result.ErrorText); // a resource key
        Assert.Equal(status, result.ExitCode);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("test --only")]
    [InlineData("test --only NoSuch.Tests")]
    [InlineData("test --bogus")]
    [InlineData("test Dragoman.Tcg.Tests")]
    [InlineData("bench --rounds")]
    [InlineData("bench --rounds 0")]
    [InlineData("bench --rounds many")]
    [InlineData("bench --guest vax")]
    [InlineData("bench --backend jit")]
    [InlineData("bench no-such-program")]
    [InlineData("bench --bogus")]
    public void A_script_takes_no_wrong_argument(string command)
    {
        string[] words = command == "test" ? ["test", ""] : command.Split(' ');
        ProcessResult result = ProcessRunner.Run([Path.Combine(TestFolders.Repository, words[0]), .. words[1..]]);
        Refusal.AssertOneLine(result);
        Assert.Equal(Usage, result.ExitCode);
    }

    [Theory]
    [InlineData("disas samples/needleman-wunsch/nw.aarch64")]
    [InlineData("audit aarch64")]
    [InlineData("run --help")]
    [InlineData("litmus --runs 1 tests/litmus/aarch64/SB.litmus")]
    public void Output_that_cannot_be_written_is_one_line(string arguments)
    {
        foreach (string target in (string[])[">/dev/full", ">&-"])
        {
            ProcessResult result = ProcessRunner.Run(
                ["sh", "-c", $"exec \"$0\" {arguments} {target}", DragomanCommand.Path], folder: TestFolders.Repository);
            Refusal.AssertOneLine(result);
            Assert.Contains("cannot write the output: ", result.ErrorText);
        }
    }

    [Theory]
    [InlineData(20, "dragoman")]
    [InlineData(63, "dragoman")]
    [InlineData(40, null)]
    [InlineData(63, null)]
    public void Too_few_descriptors_are_one_line(int limit, string? launcher)
    {
        string command = launcher is null ? DragomanCommand.Path : Path.Combine(TestFolders.Repository, launcher);
        ProcessResult result = ProcessRunner.Run(["bash", "-c", $"ulimit -n {limit}; exec \"$0\" run /bin/true", command]);
        Refusal.AssertOneLine(result);
        Assert.Contains($"{limit} open files are too few: 64 are needed", result.ErrorText);
    }

    [Fact]
    public void A_pipe_is_no_program()
    {
        string folder = Directory.CreateTempSubdirectory("dragoman-pipe").FullName, pipe = Path.Combine(folder, "pipe");
        try
        {
            Assert.Equal(0, ProcessRunner.Run(["mkfifo", pipe]).ExitCode);
            ProcessResult result = DragomanCommand.Run(pipe, limit: TimeSpan.FromSeconds(20));
            Refusal.AssertOneLine(result);
            Assert.Contains("not a regular file", result.ErrorText);
            Assert.Equal(CannotRun, result.ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--no-such-option", Usage)]
    [InlineData("run /no/such/file", NotFound)]
    [InlineData("run --stats /etc/passwd", CannotRun)]
    public void Errors_that_cannot_be_written_change_no_exit_status(string arguments, int status)
    {
        foreach (string target in (string[])["2>&-", "2>/dev/full"])
        {
            ProcessResult result = ProcessRunner.Run(["sh", "-c", $"exec \"$0\" {arguments} {target}", DragomanCommand.Path]);
            Assert.True(result.ExitCode == status, result.ToString());
        }
    }

    [Theory]
    [InlineData("--help", "Examples:")]
    [InlineData("run --help", "Examples:")]
    [InlineData("system --help", "Examples:")]
    [InlineData("disas --help", "Examples:")]
    [InlineData("audit --help", "Examples:")]
    [InlineData("litmus --help", "Examples:")]
    [InlineData("demo --help", "Examples:")]
    [InlineData("run -d help", "in_asm")]
    public void Help_is_on_standard_output(string arguments, string part)
    {
        ProcessResult result = DragomanCommand.Invoke(arguments.Split(' '));
        Assert.True(result.ExitCode == 0 && result.OutputText.Contains(part, StringComparison.Ordinal) && result.ErrorOutput.Length == 0, result.ToString());
    }
}
