using BudgetEngine.Client.Checks;
using BudgetEngine.Client.Usage;

namespace BudgetEngine.Client.Calls;

/// <summary>One model call under a budget: checked before it is made, held while it runs, and settled or released exactly once, however it ends.</summary>
public sealed class BudgetedCall
{
    /// <summary>The smallest amount there is: take whatever is left.</summary>
    private const decimal Anything = 0.000000001m;

    private readonly BudgetClient _client;
    private readonly CallEstimate _estimate;
    private readonly string _requestId;
    private readonly long _started;
    private readonly HoldKeeper? _keeper;
    private int _ended;

    private BudgetedCall(BudgetClient client, CallEstimate estimate, string requestId, CheckAnswer decision)
    {
        (_client, _estimate, _requestId, Decision) = (client, estimate, requestId, decision);
        _started = client.Clock.GetTimestamp();
        if (decision.ReservationId is { } id) _keeper = new HoldKeeper(client, id, estimate.As, this);
    }

    /// <summary>The allowance.</summary>
    public CheckAnswer Decision { get; }

    /// <summary>Since it was allowed.</summary>
    public TimeSpan Elapsed => _client.Clock.GetElapsedTime(_started);

    /// <summary>Asks for the call. A caller that leaves before the answer has nothing: what the engine grants, which answers whether or not anybody waits, is given back.</summary>
    /// <exception cref="BudgetDeniedException">The budget does not allow it, or the engine is away and the policy does not.</exception>
    /// <exception cref="BudgetEngineException">The key or the input is wrong.</exception>
    public static async Task<BudgetedCall> StartAsync(BudgetClient client, CallEstimate estimate, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asking = AskAsync(client, estimate);
        try
        {
            return await asking.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            client.Track(GiveBackAsync(asking));
            throw;
        }
    }

    private static async Task GiveBackAsync(Task<BudgetedCall> asking)
    {
        try
        {
            await (await asking).ReleaseAsync();
        }
        catch (Exception)
        {
            // Nothing was granted, or its deadline ends it; nobody waits for the reason.
        }
    }

    private static async Task<BudgetedCall> AskAsync(BudgetClient client, CallEstimate estimate)
    {
        var requestId = BudgetClient.NewId();
        var answer = await client.CheckAsync(
            new CheckRequest
            {
                RequestId = requestId, CostCenter = estimate.CostCenter, User = estimate.User, Session = estimate.Session, Model = estimate.Model,
                InputTokens = estimate.InputTokens, InputCharacters = estimate.InputTokens is null ? estimate.InputCharacters : null,
                MaxOutputTokens = estimate.MaxOutputTokens, MinAmount = estimate.TakesLess ? Anything : null, As = estimate.As,
            },
            CancellationToken.None);
        return answer.Allowed ? new BudgetedCall(client, estimate, requestId, answer) : throw new BudgetDeniedException(answer);
    }

    /// <summary>
    /// Records what the call used, at once: null where the engine is away, and then the record waits in the client's queue. Only the first ending counts.
    /// </summary>
    public async Task<UsageAnswer?> SettleAsync(CallOutcome outcome)
    {
        if (!TryEnd()) return null;
        var record = RecordOf(outcome);
        try
        {
            // Not cancelled with the caller: what was spent was spent.
            return await _client.RecordAsync(record, CancellationToken.None);
        }
        catch (Exception failed) when (failed is EngineUnavailableException or BudgetEngineException)
        {
            // Under the same id. What the engine refused is refused again there, where that is counted and told.
            _client.EnqueueOrLose(record);
            return null;
        }
    }

    /// <summary>The same without waiting for the engine, for where nothing can be awaited.</summary>
    public void SettleLater(CallOutcome outcome)
    {
        if (TryEnd()) _client.EnqueueOrLose(RecordOf(outcome));
    }

    /// <summary>The call was not made: gives back what was held. If the engine is away, the hold lapses by itself.</summary>
    public async Task ReleaseAsync()
    {
        if (!TryEnd() || Decision.ReservationId is not { } id) return;
        try
        {
            await _client.ReleaseAsync(id, _estimate.As, CancellationToken.None);
        }
        catch (Exception failed) when (failed is EngineUnavailableException or BudgetEngineException)
        {
            // The deadline of the reservation ends it.
        }
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        _keeper?.Dispose();
        return true;
    }

    private UsageRecord RecordOf(CallOutcome outcome)
    {
        var usage = outcome.Usage;
        var produced = outcome.OutputCharacters;
        return new UsageRecord
        {
            RequestId = _requestId,
            ReservationId = Decision.ReservationId,
            // A reservation carries its cost center and user.
            CostCenter = Decision.ReservationId is null ? _estimate.CostCenter : null,
            User = Decision.ReservationId is null ? _estimate.User : null,
            Timestamp = Decision.ReservationId is null ? _client.Clock.GetUtcNow() : null,
            Session = _estimate.Session,
            Provider = _estimate.Provider,
            Model = _estimate.Model,
            Usage = outcome.Report,
            InputTokens = usage?.Input ?? (produced is null ? null : _estimate.InputTokens),
            InputCharacters = usage is null && produced is not null && _estimate.InputTokens is null ? _estimate.InputCharacters : null,
            OutputCharacters = produced,
            CachedInputTokens = usage?.Cached,
            CacheWriteTokens = usage?.CacheWrite,
            CacheWriteHourTokens = usage is { CacheWriteHour: > 0 } ? usage.Value.CacheWriteHour : null,
            OutputTokens = produced is null ? usage?.Output : null,
            ReasoningTokens = produced is null ? usage?.Reasoning : null,
            LatencyMs = decimal.Round((decimal)Elapsed.TotalMilliseconds, 1),
            Status = outcome.Status,
            ErrorCode = outcome.ErrorCode,
            RequestPath = _estimate.RequestPath,
            As = _estimate.As,
        };
    }
}
