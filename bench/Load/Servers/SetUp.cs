using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Servers;

/// <summary>Prepares an engine through its API: a price, limits at every level, a tenant whose limit is spent.</summary>
internal static class SetUp
{
    private const string NeverReached = """{ "daily": 100000000, "monthly": 500000000 }""";

    /// <summary>The limit that is spent: <c>total</c>, which no midnight resets.</summary>
    private const string Spent = """{ "total": 1, "max_record_cost": 1000 }""";

    public static async Task RunAsync(ChildServer engine, CancellationToken cancellationToken)
    {
        await SendAsync(engine, [WireRequest.Of("PUT", $"/v1/prices/{Bodies.Model}", Bodies.Price)], cancellationToken);
        await SendAsync(engine, [WireRequest.Of("PUT", $"/v1/budgets/{CostCenters.SpentTenant}", Spent)], cancellationToken);
        await SendAsync(engine, Limits([CostCenters.LoadTenant, CostCenters.WideTenant]), cancellationToken);
        await SendAsync(engine, Limits(CostCenters.AllOfLoad().Where(c => c.Contains('/'))), cancellationToken);
        await SendAsync(engine, [WireRequest.Of("POST", "/v1/usage", Bodies.Cost($"{CostCenters.SpentTenant}/{CostCenters.FirstLeaf}", "spend", 1))], cancellationToken);
        await Task.Delay(Sizes.SettlePause, TimeProvider.System, cancellationToken);
    }

    /// <summary>The body of a real answer, which echo is to give.</summary>
    public static async Task<byte[]> SampleAsync(ChildServer engine, CancellationToken cancellationToken)
    {
        using var connection = await Connection.OpenAsync(engine.Port, cancellationToken);
        var answer = await connection.ExchangeAsync(new CheckRequest(CostCenters.LoadTenant, new LeafPicker(Leaves.Hot, 0)).Next());
        if (!ReservationRequest.TryFind(answer, out _)) throw new InvalidOperationException(answer.Describe("the first check"));
        return answer.Body.ToArray();
    }

    public static IEnumerable<WireRequest> Limits(IEnumerable<string> costCenters) => costCenters.Select(c => WireRequest.Of("PUT", $"/v1/budgets/{c}", NeverReached));

    /// <summary>Sends requests over a few connections; each must be taken.</summary>
    /// <param name="expected">What every answer must hold; null: only the status is looked at.</param>
    public static async Task SendAsync(
        ChildServer engine, IEnumerable<WireRequest> requests, CancellationToken cancellationToken, int connections = Sizes.SetUpConnections, byte[]? expected = null)
    {
        using var queue = requests.GetEnumerator();
        var senders = Enumerable.Range(0, connections).Select(_ => SendAllAsync(engine, queue, expected, cancellationToken)).ToArray();
        await Task.WhenAll(senders);
        await Task.Yield();
    }

    private static async Task SendAllAsync(ChildServer engine, IEnumerator<WireRequest> queue, byte[]? expected, CancellationToken cancellationToken)
    {
        using var connection = await Connection.OpenAsync(engine.Port, cancellationToken);
        while (TryTake(queue, out var request))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await connection.ExchangeAsync(request.Bytes);
            if (answer.Status is not (200 or 201) || (expected is not null && !answer.Has(expected)))
            {
                throw new InvalidOperationException($"{answer.Describe("a request of the set-up")}{Environment.NewLine}{engine.Output()}");
            }
        }
    }

    private static bool TryTake(IEnumerator<WireRequest> queue, out WireRequest request)
    {
        lock (queue)
        {
            var has = queue.MoveNext();
            request = has ? queue.Current : null!;
            return has;
        }
    }
}
