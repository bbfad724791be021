using System.Diagnostics;
using System.Text;

namespace BudgetEngine.GatewayLoad;

/// <summary>Calls of a chat, one after the other on each of some connections.</summary>
internal sealed class Calls(Uri address, bool stream) : IDisposable
{
    private const int CostCenters = 16;
    private const int BufferBytes = 16 * 1024;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1);
    private static readonly string _prompt = string.Concat(Enumerable.Repeat("some words to answer ", 5));

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    private readonly byte[] _body = Encoding.UTF8.GetBytes($$"""{"model":"bench","max_tokens":50,"messages":[{"role":"user","content":"{{_prompt}}"}],"stream":{{(stream ? "true" : "false")}}{{(stream ? ",\"stream_options\":{\"include_usage\":true}" : "")}}}""");

    /// <summary>After a warm-up, for so long.</summary>
    public async Task<Figures> RunAsync(int connections, TimeSpan window, int process)
    {
        await AllAsync(connections, _warmUp, []);
        var before = CpuOf(process);
        var latencies = new List<double>[connections];
        var started = Stopwatch.GetTimestamp();
        await AllAsync(connections, window, latencies);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = CpuOf(process) - before;
        var sorted = latencies.SelectMany(l => l).Order().ToArray();
        double At(double quantile) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
        return new Figures(sorted.Length / seconds, At(0.5), At(0.9), At(0.99), cpu.TotalMicroseconds / sorted.Length);
    }

    /// <summary>So many calls, whatever time they take.</summary>
    public async Task RunAsync(int connections, int calls)
    {
        var left = calls;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async worker =>
        {
            var buffer = new byte[BufferBytes];
            while (Interlocked.Decrement(ref left) >= 0) await CallAsync(worker, buffer);
        }));
    }

    public void Dispose() => _http.Dispose();

    private Task AllAsync(int connections, TimeSpan window, List<double>[] latencies)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, connections).Select(async worker =>
        {
            var own = new List<double>();
            var buffer = new byte[BufferBytes];
            while (Stopwatch.GetElapsedTime(started) < window)
            {
                var call = Stopwatch.GetTimestamp();
                await CallAsync(worker, buffer);
                own.Add(Stopwatch.GetElapsedTime(call).TotalMilliseconds);
            }

            if (latencies.Length > 0) latencies[worker] = own;
        }));
    }

    private async Task CallAsync(int worker, byte[] buffer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "openai/v1/chat/completions") { Content = new ByteArrayContent(_body) { Headers = { ContentType = new("application/json") } } };
        request.Headers.TryAddWithoutValidation("X-Cost-Center", $"acme/team-{worker % CostCenters}");
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        while (await body.ReadAsync(buffer) > 0)
        {
        }

        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"A call was answered {(int)answer.StatusCode}.");
    }

    private static TimeSpan CpuOf(int process) => Process.GetProcessById(process).TotalProcessorTime;
}
