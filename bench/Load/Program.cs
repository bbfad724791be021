using System.Globalization;
using BudgetEngine.Load;
using BudgetEngine.Load.Limit;
using BudgetEngine.Load.Rivals;
using BudgetEngine.Load.Servers;

return args switch
{
    [EchoServer.Verb, var port, var answerFile] => await EchoServer.RunAsync(port, answerFile),
    [UpdateRival.Verb, var port, var connectionString] => await UpdateRival.RunAsync(port, connectionString, lazyHolds: false),
    [UpdateRival.LazyVerb, var port, var connectionString] => await UpdateRival.RunAsync(port, connectionString, lazyHolds: true),
    [RedisRival.Verb, var port, var redisPort] => await RedisRival.RunAsync(port, int.Parse(redisPort, CultureInfo.InvariantCulture)),
    [LimitRival.Verb, var port, var store, var place] => await LimitRival.RunAsync(port, store, place),
    _ => await Bench.RunAsync(args),
};
