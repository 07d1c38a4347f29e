using System.CommandLine;
using Dragoman.Cli;

RootCommand root = new("Runs, disassembles and audits programs of other architectures. Start with 'dragoman demo', or 'dragoman run PROGRAM'.")
{
    RunCommand.Create(),
    DisasCommand.Create(),
    AuditCommand.Create(),
    LitmusCommand.Create(),
    DemoCommand.Create(),
};
return CommandHost.Invoke(HelpWithExamples.AddTo(root), args);
