using System.Globalization;
using System.Net.Http.Headers;
using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>One call to the provider, with its repeats, and its settlement however it ends.</summary>
internal sealed class UpstreamCall(
    TimeProvider clock, BudgetHandlerOptions options, BudgetedCall call, CallEstimate estimate, ProviderFormat format, bool hidesUsage)
{
    private TokenUsage _ofFailedTries;

    public async Task<HttpResponseMessage> RunAsync(HttpRequestMessage request, byte[] body, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var response = await send(Copy(request, body), timeout.Token);
                if (response.IsSuccessStatusCode) return await AnswerAsync(response, timeout.Token);
                var failure = await ReadWholeAsync(response, timeout.Token);
                if (attempt == options.MaxRetries || UpstreamRetry.PauseAfter(response, attempt, clock) is not { } pause || pause > options.MaxRetryPause)
                {
                    return await FailureAsync(response, failure);
                }

                response.Dispose();
                AddCostOf(failure);
                await Task.Delay(pause, clock, timeout.Token);
            }
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            await call.SettleAsync(Failed("timeout", null));
            throw new TaskCanceledException("The provider did not answer in time.", new TimeoutException(late.Message, late));
        }
        catch (Exception)
        {
            await call.SettleAsync(Failed("error", "connection"));
            throw;
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var answer = new AnswerReader(format);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            BudgetHeaders.Write(response, call, null, call.Decision.Tightest);
            var stream = new SettlingStream(await response.Content.ReadAsStreamAsync(cancellationToken), answer, hidesUsage, Settle);
            response.Content = new SettlingContent(response.Content, stream);
            return response;
        }

        var body = await ReadWholeAsync(response, cancellationToken);
        answer.ReadWhole(body);
        var settled = await call.SettleAsync(answer.Outcome("success", null, _ofFailedTries, estimate));
        BudgetHeaders.Write(response, call, settled?.Cost, settled?.Tightest ?? call.Decision.Tightest);
        return response;

        Task Settle(string status, bool awaits)
        {
            var outcome = answer.Outcome(status, status == "error" ? "stream" : null, _ofFailedTries, estimate);
            if (awaits) return call.SettleAsync(outcome);
            call.SettleLater(outcome);
            return Task.CompletedTask;
        }
    }

    private async Task<HttpResponseMessage> FailureAsync(HttpResponseMessage response, byte[] body)
    {
        AddCostOf(body);
        var settled = await call.SettleAsync(Failed("error", ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)));
        BudgetHeaders.Write(response, call, settled?.Cost, settled?.Tightest ?? call.Decision.Tightest);
        return response;
    }

    private CallOutcome Failed(string status, string? code) =>
        new() { Status = status, ErrorCode = code, Usage = _ofFailedTries == default ? null : _ofFailedTries };

    /// <summary>A try may have failed and cost something: a provider that says so reports usage.</summary>
    private void AddCostOf(byte[] failure)
    {
        var answer = new AnswerReader(format);
        answer.ReadWhole(failure);
        if (answer.Reported is { } reported) _ofFailedTries += reported;
    }

    /// <summary>Reads the body; the response has it afterwards, byte for byte.</summary>
    private async Task<byte[]> ReadWholeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(options.MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>A message cannot be sent twice. The answer has to be readable, so it is not asked for compressed.</summary>
    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[] body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy, Content = new ByteArrayContent(body) };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (!name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)) copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        copy.Headers.TransferEncodingChunked = null;
        foreach (var (name, values) in request.Content!.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) copy.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        copy.Content.Headers.ContentType ??= new MediaTypeHeaderValue("application/json");
        return copy;
    }
}
