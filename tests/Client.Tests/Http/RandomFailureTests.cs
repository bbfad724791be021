using BudgetEngine.Client.Http;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Client.Tests.Http;

/// <summary>Many calls while engine and provider fail by chance.</summary>
[Collection(nameof(ClientStand))]
public sealed class RandomFailureTests(ClientStand stand)
{
    private static readonly int Calls = int.Parse(Environment.GetEnvironmentVariable("BUDGET_CLIENT_CALLS") ?? "600", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Calls_WhileEngineAndProviderFail_SpendWhatIsBilledAndLeaveNoHold()
    {
        var seed = Seed.Next();
        await using var provider = await FakeProvider.StartAsync();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var faults = new FaultyHandler(seed, 0.1);
        var client = new BudgetClient(stand.Options with { OnOutage = OutagePolicy.Open, Timeout = TimeSpan.FromSeconds(8), HoldFor = TimeSpan.FromSeconds(30), FlushTimeout = TimeSpan.FromSeconds(60) }, faults);
        using var http = ClientStand.NewHttp(client, provider, new BudgetHandlerOptions { CostCenter = costCenter, MaxRetries = 1 });
        var orders = new Random(seed);
        var prompts = Enumerable.Range(0, Calls).Select(i => (Path: orders.Next(2) == 0 ? "/v1/chat/completions" : "/v1/messages", Order: OrderOf(orders, i), Stream: orders.Next(2) == 0)).ToList();
        await Parallel.ForEachAsync(prompts, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (prompt, _) =>
        {
            try
            {
                using var response = await http.SendAsync(ClientStand.Ask(prompt.Path, prompt.Order, prompt.Stream), HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
                await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                // As ordered.
            }
        });
        await client.DisposeAsync();
        Assert.True(faults.Faults > Calls / 10, $"seed {seed}");
        Assert.Equal(0, client.LostRecords);
        await Eventually.HoldsAsync($"no hold is left, seed {seed}", async () => (await stand.Priced.LimitOfAsync(costCenter)).Held == 0, 60);
        await stand.AssertSpentIsBilledAsync(costCenter, provider);
        await stand.Priced.Caller.AssertConsistentAsync();
    }

    private static string OrderOf(Random orders, int id) => orders.Next(6) switch
    {
        0 => $"words=4 fail=500 id={id} failcost=3",
        1 => $"words=4 fail=503 id={id} tries=1",
        2 => $"words=8 cut={orders.Next(12)}",
        _ => $"words={orders.Next(1, 30)}",
    };
}
