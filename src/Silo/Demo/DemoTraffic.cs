using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Keys;

namespace BudgetEngine.Silo.Demo;

/// <summary>
/// <c>--demo</c>: a sample tenant with prices and budgets, and believable traffic of several teams through the public API; marketing runs into its limit
/// within a minute or two. Nothing here has a way into the engine that a stranger's program would not have.
/// </summary>
internal sealed partial class DemoTraffic(TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<DemoTraffic> logger)
{
    private readonly Random _random = new(20_261_121);

    public void Start(WebApplication app)
    {
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (Environment.GetEnvironmentVariable(KeysOptions.AdminKeyVariable) is { Length: > 0 } key) client.DefaultRequestHeaders.Add("X-Budget-Key", key);
        _ = RunAsync(client, lifetime.ApplicationStopping);
    }

    private async Task RunAsync(HttpClient client, CancellationToken stopping)
    {
        try
        {
            await SetUpAsync(client, stopping);
            Console.WriteLine("Demo: tenant 'demo' has prices and budgets; its teams are calling. Marketing will soon be denied.");
            var key = client.DefaultRequestHeaders.Contains("X-Budget-Key") ? " -H \"X-Budget-Key: $BUDGET_ADMIN_KEY\"" : "";
            Console.WriteLine($"  curl -s{key} '{client.BaseAddress}v1/cost-centers?under=demo&sort=utilization'");
            await Task.WhenAll(DemoTenant.Teams.Select(team => PlayAsync(client, team, stopping)));
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
            client.Dispose();
        }
    }

    private async Task SetUpAsync(HttpClient client, CancellationToken stopping)
    {
        foreach (var (path, body) in DemoTenant.Budgets) await PutAsync(client, $"/v1/budgets/{path}", body, stopping);
        foreach (var (model, body) in DemoTenant.Prices) await PutAsync(client, $"/v1/prices/{model}", body, stopping);
        // Of a demo that was started before, the increase stands already, with another end.
        foreach (var (method, path, body) in DemoTenant.Changes(clock.GetUtcNow())) await SendAsync(client, method, path, body, mayConflict: true, stopping);
    }

    private static Task PutAsync(HttpClient client, string path, string body, CancellationToken stopping) => SendAsync(client, "PUT", path, body, mayConflict: false, stopping);

    private static async Task SendAsync(HttpClient client, string method, string path, string body, bool mayConflict, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, null, "application/json") };
        using var answer = await client.SendAsync(request, stopping);
        if (answer.IsSuccessStatusCode || (mayConflict && answer.StatusCode == System.Net.HttpStatusCode.Conflict)) return;
        throw new InvalidOperationException($"{method} {path}: {await answer.Content.ReadAsStringAsync(stopping)}");
    }

    private async Task PlayAsync(HttpClient client, DemoTeam team, CancellationToken stopping)
    {
        var denied = false;
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(team.Pause * (0.5 + Next()), clock, stopping);
            var refusal = await CallModelAsync(client, team, stopping);
            if (refusal is not null && !denied) Console.WriteLine($"Demo: {team.CostCenter} is denied: {refusal}");
            denied = refusal is not null;
        }
    }

    /// <summary>One request as a gateway does it: check, call (here: wait), post usage with the reservation.</summary>
    /// <returns>Null, or why it was denied, in the engine's own words.</returns>
    private async Task<string?> CallModelAsync(HttpClient client, DemoTeam team, CancellationToken stopping)
    {
        var (input, output) = (200 + (int)(team.InputTokens * Next()), 20 + (int)(team.OutputTokens * Next()));
        var user = string.Create(CultureInfo.InvariantCulture, $"u-{(int)(Next() * team.Users)}");
        using var check = await client.PostAsJsonAsync(
            "/v1/check", new { cost_center = team.CostCenter, model = team.Model, input_tokens = input, max_output_tokens = team.OutputTokens + 20, user }, stopping);
        var decision = await check.Content.ReadFromJsonAsync<JsonObject>(stopping);
        if ((string?)decision?["decision"] != "allow") return (string?)decision?["detail"] ?? "no decision";
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
        using var posted = await client.PostAsJsonAsync("/v1/usage", usage, stopping);
        return null;
    }

    private double Next()
    {
        lock (_random) return _random.NextDouble();
    }

    [LoggerMessage(2001, LogLevel.Error, "The demo has ended early.")]
    private partial void LogFailed(Exception exception);
}
