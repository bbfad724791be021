using System.Globalization;

namespace BudgetEngine.Silo.Demo;

/// <summary>
/// <c>--demo</c>: sample tenants with prices, budgets and a history, and then believable traffic of several teams through the public API; one of them runs into
/// its limit within a minute or two. All of it happens once the engine is ready, so that a start takes no longer.
/// </summary>
internal sealed partial class DemoTraffic(TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<DemoTraffic> logger)
{
    private readonly Random _random = new(20_261_121);

    public void Start(WebApplication app) => _ = RunAsync(new DemoApi(new Uri(app.Urls.First())), lifetime.ApplicationStopping);

    private async Task RunAsync(DemoApi api, CancellationToken stopping)
    {
        try
        {
            await using var sink = await DemoSink.StartAsync(stopping);
            await new DemoSetUp(api, clock).RunAsync(sink.Address, stopping);
            Console.WriteLine("Demo: tenants 'demo' and 'demo-labs' have prices and budgets; their teams are calling. Marketing's launch will soon be denied.");
            Console.WriteLine($"  curl -s{api.KeyOption} '{api.Address}v1/cost-centers?under=demo&sort=utilization'");
            await Task.WhenAll(DemoTenant.Teams.Select(team => PlayAsync(api, team, stopping)));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception failed)
        {
            LogFailed(failed);
        }
        finally
        {
            api.Dispose();
        }
    }

    private async Task PlayAsync(DemoApi api, DemoTeam team, CancellationToken stopping)
    {
        var denied = false;
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(team.Pause * (0.5 + Next()), clock, stopping);
            var refusal = await CallModelAsync(api, team, stopping);
            if (refusal is not null && !denied) Console.WriteLine($"Demo: {team.CostCenter} is denied: {refusal}");
            denied = refusal is not null;
        }
    }

    /// <summary>One request as a gateway does it: check, call (here: wait), post usage with the reservation.</summary>
    /// <returns>Null, or why it was denied, in the engine's own words.</returns>
    private async Task<string?> CallModelAsync(DemoApi api, DemoTeam team, CancellationToken stopping)
    {
        var (input, output) = (200 + (int)(team.InputTokens * Next()), 20 + (int)(team.OutputTokens * Next()));
        var user = string.Create(CultureInfo.InvariantCulture, $"u-{(int)(Next() * team.Users)}");
        var decision = await api.PostAsync(
            "/v1/check", new { cost_center = team.CostCenter, model = team.Model, input_tokens = input, max_output_tokens = team.OutputTokens + 20, user }, stopping);
        if ((string?)decision["decision"] != "allow") return (string?)decision["detail"] ?? "no decision";
        var latency = TimeSpan.FromMilliseconds(80 + output * 2 * (0.5 + Next()));
        await Task.Delay(latency, clock, stopping);
        var failed = Next() < 0.02;
        object usage = failed
            ? new { request_id = Guid.NewGuid().ToString("N"), reservation_id = (string?)decision["reservation_id"], model = team.Model, status = "error", error_code = "upstream_500" }
            : new
            {
                request_id = Guid.NewGuid().ToString("N"), reservation_id = (string?)decision["reservation_id"], model = team.Model, provider = team.Provider,
                input_tokens = input, output_tokens = output, latency_ms = (int)latency.TotalMilliseconds, tags = new { feature = team.Feature },
            };
        await api.PostAsync("/v1/usage", usage, stopping);
        return null;
    }

    private double Next()
    {
        lock (_random) return _random.NextDouble();
    }

    [LoggerMessage(2001, LogLevel.Error, "The demo has ended early.")]
    private partial void LogFailed(Exception exception);
}
