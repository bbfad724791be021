using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Configuration;

namespace BudgetEngine.Cli.Engine;

/// <summary>The engine's API as documents: what is printed is what the engine said, to the last digit.</summary>
internal sealed class EngineApi(Connection connection) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = new() { BaseAddress = connection.Address, Timeout = Timeout.InfiniteTimeSpan };

    public Connection Connection => connection;

    public Task<EngineAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <exception cref="CommandFault">The engine is away or refuses; with its words, and every field that it names.</exception>
    public async Task<EngineAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken, string? reason = null)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendContentAsync(method, path, content, cancellationToken, reason);
    }

    public async Task<EngineAnswer> SendContentAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, string? reason = null)
    {
        using var response = await AskAsync(method, path, content, reason, cancellationToken);
        var text = await ReadAsync(response.Content.ReadAsStringAsync(cancellationToken));
        var date = response.Headers.Date;
        using var document = text.Length == 0 ? null : Parse(text);
        return new EngineAnswer((int)response.StatusCode, document?.RootElement.Clone() ?? default, date);
    }

    /// <summary>A body that is read as it comes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken, string? lastEventId = null) =>
        await AskAsync(HttpMethod.Get, path, null, null, cancellationToken, lastEventId);

    /// <summary>The items of a list, page after page, at most so many.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        var left = most;
        do
        {
            var page = (await GetAsync($"{path}{(path.Contains('?') ? '&' : '?')}limit={Math.Min(left, 500)}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", cancellationToken)).Body;
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                if (left-- <= 0) yield break;
                yield return item;
            }

            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null && left > 0);
    }

    /// <summary>Server-sent events until the connection ends.</summary>
    public static IAsyncEnumerable<SseItem<string>> EventsOf(Stream body, CancellationToken cancellationToken) => SseParser.Create(body).EnumerateAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? content, string? reason, CancellationToken cancellationToken, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (connection.Key is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (reason is not null && !Ascii.IsValid(reason)) throw new CommandFault("the reason of this command travels in a header, so it must be in ASCII");
        if (reason is not null) request.Headers.TryAddWithoutValidation("X-Reason", reason);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerWithin);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        }
        catch (HttpRequestException failed)
        {
            throw new CommandFault($"no engine at {connection.Address}: {failed.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFault($"the engine at {connection.Address} did not answer within {AnswerWithin.TotalSeconds:0} s");
        }

        // A check's denial is an answer of 200; everything above says what is wrong.
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellationToken);
    }

    private static async Task<string> ReadAsync(Task<string> body)
    {
        try
        {
            return await body;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new CommandFault($"the answer broke off: {failed.Message}");
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            throw new CommandFault("that is no engine: its answer is no JSON");
        }
    }

    private static async Task<CommandFault> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            var root = problem.RootElement;
            var faults = new List<string> { $"{root.Text("code") ?? $"{status}"}: {root.Text("detail") ?? root.Text("title") ?? "refused"}" };
            if (root.TryGetProperty("errors", out var errors))
            {
                foreach (var field in errors.EnumerateObject()) faults.AddRange(field.Value.EnumerateArray().Select(e => $"{field.Name}: {e.GetString()}"));
            }

            return new CommandFault(faults);
        }
        catch (JsonException)
        {
            return new CommandFault($"the engine, or something before it, answered {status}");
        }
    }
}
