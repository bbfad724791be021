using BudgetEngine.Load;

return args switch
{
    [EchoServer.Verb, var port, var answerFile] => await EchoServer.RunAsync(port, answerFile),
    [UpdateServer.Verb, var port, var connectionString] => await UpdateServer.RunAsync(port, connectionString),
    _ => await Bench.RunAsync(args),
};
