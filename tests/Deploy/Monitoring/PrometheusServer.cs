using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Deploy.Monitoring;

/// <summary>A real Prometheus with our configuration and rules, which scrapes an engine every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly RunningProgram _program;
    private readonly HttpClient _http;

    private PrometheusServer(DirectoryInfo folder, string config)
    {
        var port = FreePort.Next();
        _folder = folder;
        _program = new RunningProgram("prometheus", folder.FullName, $"--config.file={config}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}");
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public static async Task<PrometheusServer> StartAsync(Stand stand)
    {
        var folder = Files.NewFolder();
        var config = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(config, Files.Text("deploy", "prometheus", "prometheus.yml")
            .Replace("engine:8080", $"127.0.0.1:{stand.Address.Port}", StringComparison.Ordinal)
            .Replace("/keys/metrics-key", stand.KeyFile("metrics-key"), StringComparison.Ordinal)
            .Replace("rules/*.yml", Files.Deploy("prometheus", "rules", "*.yml"), StringComparison.Ordinal)
            .Replace("15s", "1s", StringComparison.Ordinal));
        await Tool.SucceedAsync("promtool", "check", "config", config);
        return new PrometheusServer(folder, config);
    }

    /// <summary>The answer as Prometheus gives it, with the variables filled in as Grafana does.</summary>
    public async Task<JsonNode> QueryAsync(string expression)
    {
        var filled = expression.Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$__range", "1m", StringComparison.Ordinal)
            .Replace("$cost_center", ".*", StringComparison.Ordinal).Replace("$period", ".*", StringComparison.Ordinal);
        var answer = await _http.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(filled)}");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>The numbers of an expression; none while Prometheus does not answer yet. What is not a number is no data.</summary>
    public async Task<IReadOnlyList<double>> NumbersAsync(string expression)
    {
        try
        {
            var series = (await QueryAsync(expression))["data"]?["result"]?.AsArray() ?? [];
            return [.. series.Select(s => double.Parse((string)s!["value"]![1]!, CultureInfo.InvariantCulture)).Where(double.IsFinite)];
        }
        catch (Exception early) when (early is HttpRequestException or JsonException)
        {
            return [];
        }
    }

    public async Task<IReadOnlyList<string?>> HealthOfRulesAsync()
    {
        var answer = JsonNode.Parse(await _http.GetStringAsync("/api/v1/rules"))!;
        return [.. answer["data"]!["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => (string?)r!["health"])];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _program.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
