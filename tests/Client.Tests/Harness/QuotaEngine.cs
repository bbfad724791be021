using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BudgetEngine.Client.Tests.Harness;

/// <summary>As much of an engine as takes usage, where some keys have used their quota up.</summary>
internal sealed class QuotaEngine : HttpMessageHandler
{
    /// <summary>Keys whose records are all to be sent again.</summary>
    public ConcurrentDictionary<string, bool> UsedUp { get; } = new();

    /// <summary>Whether such a key is refused as a whole (429), or record by record.</summary>
    public bool RefusesRequests { get; set; }

    /// <summary>The records that were taken, with their keys, in this order.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>How long a refusal takes.</summary>
    public TimeSpan RefusesAfter { get; set; }

    /// <summary>Requests that came.</summary>
    public int Requests { get; private set; }

    /// <summary>Requests that were refused.</summary>
    public int Refused { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = request.Headers.TryGetValues("X-Budget-Key", out var keys) ? keys.Single() : "";
        var records = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsArray();
        var isUsedUp = UsedUp.ContainsKey(key);
        Requests++;
        if (isUsedUp)
        {
            await Task.Delay(RefusesAfter, cancellationToken);
            Refused++;
        }

        if (isUsedUp && RefusesRequests) return Json(HttpStatusCode.TooManyRequests, """{"code":"rate_limited"}""");
        var results = records.Select((record, i) => isUsedUp
            ? $$"""{"index":{{i}},"result":"rejected","code":"quota_exceeded","retryable":true}"""
            : $$"""{"index":{{i}},"result":"recorded"}""").ToList();
        if (!isUsedUp)
        {
            foreach (var record in records) Taken.Enqueue($"{key}/{record!["request_id"]}");
        }

        return Json(HttpStatusCode.OK, $$"""{"results":[{{string.Join(',', results)}}]}""");
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
