using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>One call to the provider, with its repeats, and its settlement however it ends.</summary>
internal sealed class UpstreamCall(
    BudgetClient client, BudgetHandlerOptions options, BudgetedCall call, CallEstimate estimate, ProviderFormat format, bool hidesUsage)
{
    private const int PieceBytes = 64 * 1024;

    private TokenUsage _ofFailedTries;

    /// <param name="takeRoom">Asked for the memory of each piece of an answer that is no stream; null: there is always enough.</param>
    public async Task<HttpResponseMessage> RunAsync(
        HttpRequestMessage request, byte[] body, Func<int, bool>? takeRoom, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, client.Clock);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var response = await send(Copy(request, body), timeout.Token);
                var content = response.Content;
                var answer = await content.ReadAsStreamAsync(timeout.Token);
                if (response.IsSuccessStatusCode && content.Headers.ContentType?.MediaType == "text/event-stream") return PassStream(response, answer);
                var (held, isWhole) = await HoldAsync(answer, takeRoom, timeout.Token);
                if (!isWhole) return PassUnheld(response, answer, held);
                Replace(response, new ReadOnlyMemoryContent(held));
                content.Dispose();
                if (response.IsSuccessStatusCode) return await AnswerAsync(response, held);
                if (attempt == options.MaxRetries || UpstreamRetry.PauseAfter(response, attempt, client.Clock) is not { } pause || pause > options.MaxRetryPause)
                {
                    return await FailureAsync(response, held);
                }

                response.Dispose();
                AddCostOf(held);
                await Task.Delay(pause, client.Clock, timeout.Token);
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

    private HttpResponseMessage PassStream(HttpResponseMessage response, Stream body)
    {
        var answer = new AnswerReader(format);
        BudgetHeaders.Write(response, call, null, call.Decision.Tightest);
        Replace(response, new SettlingContent(new SettlingStream(response.Content, body, answer, hidesUsage, Settle)));
        return response;

        Task Settle(string status, bool awaits)
        {
            var outcome = answer.Outcome(status, status == "error" ? "stream" : null, _ofFailedTries, estimate);
            if (awaits) return call.SettleAsync(outcome);
            call.SettleLater(outcome);
            return Task.CompletedTask;
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var answer = new AnswerReader(format);
        answer.ReadWhole(body);
        var settled = await call.SettleAsync(answer.Outcome("success", null, _ofFailedTries, estimate));
        BudgetHeaders.Write(response, call, settled?.Cost, settled?.Tightest ?? call.Decision.Tightest);
        return response;
    }

    /// <summary>An answer that is not held whole goes on to the caller, good or bad, and is settled at its end.</summary>
    private HttpResponseMessage PassUnheld(HttpResponseMessage response, Stream body, ReadOnlyMemory<byte> begun)
    {
        var skimmer = new AnswerSkimmer();
        skimmer.Read(begun.Span);
        BudgetHeaders.Write(response, call, null, call.Decision.Tightest);
        Replace(response, new SettlingContent(new PassingStream(response.Content, body, begun, skimmer, SettleAsync, passing => client.Track(ReadToEndAsync(passing)))));
        return response;

        Task SettleAsync(string status)
        {
            if (!response.IsSuccessStatusCode)
            {
                AddCostOf(skimmer.Found);
                return call.SettleAsync(Failed("error", CodeOf(response)));
            }

            var answer = new AnswerReader(format);
            answer.ReadSkimmed(skimmer);
            return call.SettleAsync(answer.Outcome(status, status == "error" ? "stream" : null, _ofFailedTries, estimate));
        }
    }

    private async Task ReadToEndAsync(PassingStream passing)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, client.Clock);
        await passing.ReadToEndAsync(timeout.Token);
    }

    private async Task<HttpResponseMessage> FailureAsync(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        AddCostOf(body);
        var settled = await call.SettleAsync(Failed("error", CodeOf(response)));
        BudgetHeaders.Write(response, call, settled?.Cost, settled?.Tightest ?? call.Decision.Tightest);
        return response;
    }

    private CallOutcome Failed(string status, string? code) =>
        new() { Status = status, ErrorCode = code, Usage = _ofFailedTries == default ? null : _ofFailedTries };

    /// <summary>A try may have failed and cost something: a provider that says so reports usage.</summary>
    private void AddCostOf(ReadOnlyMemory<byte> failure)
    {
        var answer = new AnswerReader(format);
        answer.ReadWhole(failure);
        if (answer.Reported is { } reported) _ofFailedTries += reported;
    }

    /// <summary>Reads the body as far as there is room for it, and as far as an answer is held.</summary>
    private async Task<(ReadOnlyMemory<byte> Read, bool IsWhole)> HoldAsync(Stream body, Func<int, bool>? takeRoom, CancellationToken cancellationToken)
    {
        var held = new MemoryStream();
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var isWhole = false;
            var hasRoom = true;
            while (hasRoom && held.Length <= options.MaxAnswerBytes)
            {
                var read = await body.ReadAsync(piece, cancellationToken);
                isWhole = read == 0;
                if (isWhole) break;
                held.Write(piece, 0, read);
                hasRoom = takeRoom is null || takeRoom(read);
            }

            return (held.GetBuffer().AsMemory(0, (int)held.Length), isWhole);
        }
        catch (IOException broken)
        {
            throw new HttpRequestException(broken.Message, broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Gives the response other content with the same headers; its length is its own.</summary>
    private static void Replace(HttpResponseMessage response, HttpContent content)
    {
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        response.Content = content;
    }

    private static string CodeOf(HttpResponseMessage response) => ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);

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
