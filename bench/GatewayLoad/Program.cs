using BudgetEngine.GatewayLoad;

return args switch
{
    [FixedUpstream.Verb, var port] => await FixedUpstream.RunAsync(port),
    [BareProxy.Verb, var port, var upstream] => await BareProxy.RunAsync(port, upstream),
    _ => LoadOptions.Parse(args) is { } options ? await Comparison.RunAsync(options) : 2,
};
