using System.Net;
using System.Text.Json.Nodes;

namespace BudgetEngine.Api.Tests.Harness;

/// <param name="Id">Empty: it came without one.</param>
public sealed record SseEvent(string Id, string Kind, JsonNode Data)
{
    public string? CostCenter => (string?)Data["cost_center"];
}

/// <summary>Listens to <c>/v1/events</c> as a browser does.</summary>
public sealed class EventClient : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventClient(HttpClient client, HttpResponseMessage response, Stream body)
    {
        (_client, _response) = (client, response);
        _reader = new StreamReader(body);
    }

    /// <summary>The last id that was set, with or without an event.</summary>
    public string LastId { get; private set; } = "";

    public int Heartbeats { get; private set; }

    public HttpResponseMessage Response => _response;

    public static async Task<EventClient> OpenAsync(ApiHost api, string path, string? key, string? lastEventId = null)
    {
        var client = new HttpClient { BaseAddress = api.Address, Timeout = Timeout.InfiniteTimeSpan };
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.TryAddWithoutValidation("X-Budget-Key", key.Split(": ")[1]);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new EventClient(client, response, await response.Content.ReadAsStreamAsync());
        // The head, with what was missed after it, ends with the listener's own place.
        return events;
    }

    /// <summary>The next event; null: the stream has ended.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Within);
        var (id, kind, data) = ("", "", (string?)null);
        while (await LineAsync(deadline.Token) is { } line)
        {
            if (line.Length == 0)
            {
                if (id.Length > 0) LastId = id;
                if (data is not null) return new SseEvent(id, kind, JsonNode.Parse(data)!);
                (id, kind) = ("", "");
            }
            else if (line[0] == ':') Heartbeats++;
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else Assert.StartsWith("retry: ", line, StringComparison.Ordinal);
        }

        return null;
    }

    /// <summary>All up to the first that fits, it included.</summary>
    public async Task<List<SseEvent>> UntilAsync(Func<SseEvent, bool> fits)
    {
        var seen = new List<SseEvent>();
        while (await NextAsync() is { } next)
        {
            seen.Add(next);
            if (fits(next)) return seen;
        }

        Assert.Fail("the stream ended before");
        return seen;
    }

    public async Task EndAsync()
    {
        try
        {
            while (await NextAsync() is not null)
            {
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            // Cut off.
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
        _client.Dispose();
    }

    private async Task<string?> LineAsync(CancellationToken deadline)
    {
        try
        {
            return await _reader.ReadLineAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"nothing came within {Within}");
            return null;
        }
    }
}
