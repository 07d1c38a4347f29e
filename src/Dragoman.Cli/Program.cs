using Dragoman.Cli;

return CommandHost.Invoke(args);
