using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BudgetEngine.Client.Usage;

namespace BudgetEngine.Client.Transport;

/// <summary>Questions to the engine over HTTP. What may have been lost on the way is asked again: every question carries its own id, or changes nothing when repeated.</summary>
internal sealed class EngineConnection(BudgetClientOptions options, TimeProvider clock, HttpMessageHandler? handler) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Time-outs are ours, per question; the handler may be shared.</summary>
    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: handler is null)
    {
        BaseAddress = options.Address,
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public Task<BatchAnswer> PostUsageAsync(UsageRecord[] records, CancellationToken cancellationToken) =>
        OnceAsync(new Question<BatchAnswer>(HttpMethod.Post, "/v1/usage", JsonSerializer.SerializeToUtf8Bytes(records, EngineJson.Default.UsageRecordArray),
            EngineJson.Default.BatchAnswer, records[0].As), options.Timeout * 5, cancellationToken);

    /// <summary>Repeats what the engine did not answer, until the time-out.</summary>
    /// <exception cref="EngineUnavailableException">No answer within <see cref="BudgetClientOptions.Timeout"/>.</exception>
    /// <exception cref="BudgetEngineException">The engine refused the request.</exception>
    public async Task<T> AskAsync<T>(Question<T> question, CancellationToken cancellationToken)
    {
        var deadline = clock.GetTimestamp() + (long)(options.Timeout.TotalSeconds * clock.TimestampFrequency);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
            try
            {
                return await OnceAsync(question, left, cancellationToken);
            }
            catch (EngineUnavailableException) when (clock.GetElapsedTime(clock.GetTimestamp(), deadline) > pause)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> OnceAsync<T>(Question<T> question, TimeSpan within, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(within > TimeSpan.Zero ? within : TimeSpan.FromMilliseconds(1), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = Request(question);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            if (response.IsSuccessStatusCode) return JsonSerializer.Deserialize(body, question.Answer)!;
            throw Refusal(response.StatusCode, body);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or JsonException)
        {
            throw new EngineUnavailableException($"The engine at {options.Address} gave no answer: {failed.Message}", failed);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineUnavailableException($"The engine at {options.Address} did not answer in time.", slow);
        }
    }

    private HttpRequestMessage Request<T>(Question<T> question)
    {
        var request = new HttpRequestMessage(question.Method, question.Path);
        if (question.Body is { } body) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        // With credentials of a caller the client's own key stays out of it, also where that caller has none.
        var key = question.As is { } caller ? caller.Key : options.Key;
        if (key is not null) request.Headers.TryAddWithoutValidation("X-Budget-Key", key);
        foreach (var (name, value) in question.As?.Headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static Exception Refusal(HttpStatusCode status, byte[] body)
    {
        if ((int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
        {
            return new EngineUnavailableException($"The engine answered {(int)status}.");
        }

        EngineProblem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(body, EngineJson.Default.EngineProblem);
        }
        catch (JsonException)
        {
            // Something between us and the engine answered in its own words; the status says enough.
        }

        return new BudgetEngineException(status, problem?.Code ?? "refused", problem?.Detail ?? problem?.Title ?? $"The engine answered {(int)status}.");
    }
}

/// <summary>One question to the engine.</summary>
internal sealed record Question<T>(HttpMethod Method, string Path, byte[]? Body, JsonTypeInfo<T> Answer, EngineCredentials? As = null);
