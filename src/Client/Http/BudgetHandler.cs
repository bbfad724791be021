using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>
/// Puts every call of a model that goes through an <see cref="HttpClient"/> under a budget: estimates, checks, sends, reads the usage from the answer or the
/// stream, and settles on every path. What is no call of a model (no POST of JSON that names one) passes as it is.
/// </summary>
/// <remarks>A denied call throws <see cref="BudgetDeniedException"/>. A call that the caller cancels goes on behind its back until what it cost is known, or the time-out.</remarks>
public sealed class BudgetHandler(BudgetClient client, BudgetHandlerOptions options) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(RequestBudget.Key, out var budget);
        if (await ReadAsync(request, budget, cancellationToken) is not { } body || ModelRequest.TryRead(body, options.TokenCounters) is not { } model)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var path = request.RequestUri!.AbsolutePath;
        var format = options.Format ?? (path.EndsWith("/messages", StringComparison.Ordinal) ? ProviderFormat.Anthropic : ProviderFormat.OpenAi);
        var estimate = Estimate(model, budget, path, format);
        var call = await BudgetedCall.StartAsync(client, estimate, cancellationToken);
        var (sent, hidesUsage) = await FittedAsync(call, model, body, path, format);
        var upstream = new UpstreamCall(client, options, call, estimate, format, hidesUsage);
        // Not cancelled with the caller: the provider may go on and bill, and then its bill has to be known.
        var sending = RunAsync(upstream, request, sent, budget);
        try
        {
            return await sending.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            client.Track(DropAsync(sending));
            throw;
        }
    }

    private async Task<HttpResponseMessage> RunAsync(UpstreamCall upstream, HttpRequestMessage request, byte[] sent, RequestBudget? budget)
    {
        using var kept = budget?.Keep?.Invoke();
        return await upstream.RunAsync(request, sent, budget?.TakeRoom, base.SendAsync);
    }

    /// <summary>Counting tokens costs nothing at any provider.</summary>
    private static bool IsFree(string path) => path.EndsWith("/count_tokens", StringComparison.Ordinal) || path.EndsWith("/input_tokens", StringComparison.Ordinal);

    /// <summary>The end of an answer that nobody waits for: a stream is broken off, whatever else came has been settled.</summary>
    private static async Task DropAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            (await sending).Dispose();
        }
        catch (Exception)
        {
            // The caller has been answered, and the call was settled before it threw.
        }
    }

    private CallEstimate Estimate(ModelRequest model, RequestBudget? budget, string path, ProviderFormat format)
    {
        var scope = budget?.Scope ?? BudgetScope.Current;
        return new CallEstimate
        {
            CostCenter = scope?.CostCenter ?? options.CostCenter,
            User = scope?.User,
            Session = scope?.Session,
            Provider = options.Provider ?? (format == ProviderFormat.Anthropic ? "anthropic" : "openai"),
            Model = model.Model,
            InputTokens = model.InputTokens,
            InputCharacters = model.InputCharacters,
            MaxOutputTokens = path.EndsWith("/embeddings", StringComparison.Ordinal) ? 0 : model.MaxOutputTokens,
            TakesLess = options.LowersMaxTokens,
            RequestPath = budget?.RequestPath ?? path,
            As = budget?.As,
        };
    }

    /// <summary>The body as it is sent: with fewer output tokens where less was granted, and asking for the usage of a stream that would not tell it.</summary>
    private async Task<(byte[] Body, bool HidesUsage)> FittedAsync(BudgetedCall call, ModelRequest model, byte[] body, string path, ProviderFormat format)
    {
        // Less was granted, or a cost center of the path allows less at once.
        var isLess = call.Decision.Granted < call.Decision.Estimated || (options.LowersMaxTokens && call.Decision.AffordableOutputTokens is not null);
        if (isLess && call.Decision.ReservationId is not null)
        {
            var affordable = (call.Decision.AffordableOutputTokens ?? 0) / model.Answers;
            if (affordable < options.MinOutputTokens)
            {
                await call.ReleaseAsync();
                throw new BudgetDeniedException(call.Decision with { Decision = "deny", Reason = "budget_exceeded", ReservationId = null, BlockedBy = call.Decision.Tightest });
            }

            body = ModelRequest.WithMaxOutputTokens(body, path, affordable);
        }

        var asks = model.Streams && !model.ReportsUsage && format == ProviderFormat.OpenAi && path.EndsWith("/completions", StringComparison.Ordinal);
        return (asks ? ModelRequest.WithUsageAsked(body) : body, asks);
    }

    /// <summary>Null: it is no call of a model.</summary>
    private async Task<byte[]?> ReadAsync(HttpRequestMessage request, RequestBudget? budget, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post || request.Content is not { } content || IsFree(request.RequestUri!.AbsolutePath)) return null;
        if (budget?.Body is { } read) return read;
        if (content.Headers.ContentType?.MediaType is not { } type || !type.EndsWith("json", StringComparison.OrdinalIgnoreCase)) return null;
        await content.LoadIntoBufferAsync(options.MaxRequestBytes, cancellationToken);
        return await content.ReadAsByteArrayAsync(cancellationToken);
    }
}
