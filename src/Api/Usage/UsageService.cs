using System.Collections.Concurrent;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Prices;
using BudgetEngine.Api.Usage.Quotas;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Faults;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Records;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Usage;

/// <summary>Takes usage records: checks and rates them, posts them through their cost centers' grains, and answers when they are durable.</summary>
/// <param name="watch">Told of recorded usage, for those who listen; null: nobody does.</param>
public sealed class UsageService(
    CostCenterCalls calls, Catalog catalog, Tenants tenants, IRecordLookup records, IOptions<UsageOptions> options, Resolution resolution, TimeProvider clock, SpendWatch? watch = null,
    UsageMetrics? metrics = null, IOptions<PriceOptions>? prices = null, UsageQuotas? quotas = null, NearestNames? nearest = null)
{
    /// <summary>Records of one call that are looked up since they would be rejected for a limit that may have been another when they were stored.</summary>
    public const int MaxLookups = 100;

    /// <summary>Records of one call, the first ones, whose new cost center is answered with the nearest name there is.</summary>
    public const int MaxNearest = 10;

    private const int PreparedInATurn = 25;

    private readonly ColdTurns _cold = new(clock);

    private readonly PlausiblePrices _plausible = (prices?.Value ?? new PriceOptions()).ToPlausible(resolution);

    /// <summary>Posts records, one grain call per cost center. Results are in order; never all or nothing.</summary>
    /// <param name="subtree">Records outside of it are rejected <c>outside_subtree</c>.</param>
    /// <param name="bulk">Part of a large body: yields to single posts.</param>
    /// <param name="heldOnly">The sender's key has ended: rejected is what settles no reservation that is still held.</param>
    public async Task<IReadOnlyList<UsageResult>> PostAsync(
        IReadOnlyList<UsageInput> inputs, Subtree subtree, bool bulk, CancellationToken cancellationToken, bool heldOnly = false)
    {
        using var span = EngineTrace.Begin("budget.usage")?.SetTag("budget.records", inputs.Count);
        var context = new UsageContext(catalog.Current, tenants, subtree, options.Value, _plausible, resolution, clock.GetUtcNow(), heldOnly);
        if (inputs.Count == 1)
        {
            UsageResult[] one = [await PostAsync(Admitted(await JudgeAsync(UsageRules.Prepare(inputs[0], context), 0, cancellationToken), subtree), subtree, bulk, heldOnly)];
            if (!heldOnly) await NameNearestAsync(one, subtree);
            return one;
        }

        var lookups = 0;
        var results = new UsageResult[inputs.Count];
        var wave = new PostWave();
        for (var i = 0; i < inputs.Count; i++)
        {
            // Others have their turn on this thread.
            if (i % PreparedInATurn == PreparedInATurn - 1) await Task.Yield();
            var prepared = UsageRules.Prepare(inputs[i], context);
            if (prepared is { Rejection: not null, Message: not null }) prepared = await JudgeAsync(prepared, lookups++, cancellationToken);
            prepared = Admitted(prepared, subtree);
            if (prepared.Rejection is { } rejection)
            {
                results[i] = Counted(rejection);
                continue;
            }

            // Within a body the first of equal ids wins: a repeat waits for the wave that has the first.
            if (!wave.TryAdd(i, prepared.GrainKey!, prepared.Message!))
            {
                await SendAsync(wave, results, subtree, bulk, heldOnly);
                wave = new PostWave();
                wave.TryAdd(i, prepared.GrainKey!, prepared.Message!);
            }
        }

        await SendAsync(wave, results, subtree, bulk, heldOnly);
        if (!heldOnly) await NameNearestAsync(results, subtree);
        return results;
    }

    /// <summary>Of records that were sent for a new or unknown cost center: which existing one may have been meant.</summary>
    private async Task NameNearestAsync(UsageResult[] results, Subtree subtree)
    {
        if (nearest is null) return;
        var left = MaxNearest;
        for (var i = 0; i < results.Length && left > 0; i++)
        {
            if (results[i].Unheard is not { } path) continue;
            results[i] = results[i] with { Nearest = await nearest.FindAsync(path, subtree, results[i].NewFrom) };
            left--;
        }
    }

    /// <summary>A correction of a stored row: a row of its own, on that row's path, user and date.</summary>
    /// <param name="costCenter">Of the row, or of its tenant; null: the tenant of the subtree, or the only tenant that has such a row.</param>
    public async Task<UsageResult> CorrectAsync(
        string requestId, string corrects, Money amount, string? reason, Subtree subtree, CancellationToken cancellationToken, string? costCenter = null)
    {
        var found = await FindAsync(corrects, subtree, costCenter, cancellationToken);
        if (found.Count > 1)
        {
            var fault = new InputFault("cost_center", "is required: rows of more than one tenant have this id");
            return new UsageResult(requestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, ApiCode.InvalidRequest, $"{fault.Field} {fault.Message}", Errors: [fault]);
        }

        if (found is not [{ Kind: RowKind.Usage } original])
        {
            return new UsageResult(requestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, ApiCode.UnknownRequest, $"There is no usage row '{corrects}'.");
        }

        var now = clock.GetUtcNow();
        var correction = new UsageRow
        {
            RequestId = requestId, CostCenter = original.CostCenter, Kind = RowKind.Correction, User = original.User, Provider = original.Provider, Model = original.Model,
            Cost = amount, Corrects = original.RequestId, Timestamp = now, BookedDate = original.BookedDate, Reason = reason, ContentHash = HashOf(original.RequestId, amount),
        };
        if (amount > (tenants.Find(original.CostCenter)?.MaxRecordCost ?? TenantSettings.DefaultMaxRecordCost) && await FindStoredAsync(correction, requestId, cancellationToken) is null)
        {
            return new UsageResult(requestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, "implausible_cost", "The correction is above max_record_cost.");
        }

        var results = new UsageResult[1];
        var wave = new PostWave();
        wave.TryAdd(0, original.CostCenter, new UsageMessage(correction, null));
        await SendAsync(wave, results, subtree: null, bulk: false);
        return results[0];
    }

    /// <summary>Books corrections that somebody has made of stored rows, with ids under which a repeat does nothing. Results are in order; it yields to single posts.</summary>
    internal async Task<IReadOnlyList<UsageResult>> BookAsync(IReadOnlyList<UsageRow> corrections)
    {
        var results = new UsageResult[corrections.Count];
        var wave = new PostWave();
        for (var i = 0; i < corrections.Count; i++) wave.TryAdd(i, corrections[i].CostCenter, new UsageMessage(corrections[i], null));
        await SendAsync(wave, results, subtree: null, bulk: true);
        return results;
    }

    /// <summary>What tells one correction of a row from another.</summary>
    internal static Guid HashOf(string corrects, Money amount)
    {
        var hasher = new ContentHasher(stackalloc byte[512]);
        hasher.Add(corrects);
        hasher.Add(amount);
        return hasher.Finish();
    }

    /// <summary>
    /// A record that is rejected for a limit is not, if it is stored: it was taken when the limit was another, and its sender must be told that it is a duplicate. What was rejected is
    /// not looked up without end: beyond <see cref="MaxLookups"/> of one call it is to be sent again.
    /// </summary>
    private async Task<PreparedRecord> JudgeAsync(PreparedRecord prepared, int lookups, CancellationToken cancellationToken)
    {
        if (prepared is not { Rejection: { } rejection, Message.Row: { } row }) return prepared;
        if (lookups >= MaxLookups) return prepared with { Rejection = rejection with { Retryable = true } };
        try
        {
            return await FindRepeatedAsync(row, cancellationToken) is not null ? prepared with { Rejection = null } : prepared;
        }
        catch (ExpectedException)
        {
            return prepared with { Rejection = UsageResults.Of(row, new PostResult(PostOutcome.Unavailable, 0, 0)) };
        }
    }

    /// <summary>The stored row that a record is the repeat of, be it one that was booked beside another under its id.</summary>
    private async Task<UsageRow?> FindRepeatedAsync(UsageRow row, CancellationToken cancellationToken) =>
        await FindStoredAsync(row, row.RequestId, cancellationToken) ?? await FindStoredAsync(row, ConflictingRequestId.Of(row.RequestId, row.CostCenter), cancellationToken);

    private async Task<UsageRow?> FindStoredAsync(UsageRow row, string requestId, CancellationToken cancellationToken) =>
        await records.ReadRecordAsync(row.Tenant, requestId, cancellationToken) is { } stored
        && ((stored.Kind, stored.CostCenter, stored.ContentHash) == (row.Kind, row.CostCenter, row.ContentHash) || UnknownCostCenter.IsRepeat(stored.Flags, stored.ContentHash, row))
            ? stored : null;

    /// <summary>The rows that have the id, as far as the caller may see them; of several tenants two are enough to know that.</summary>
    private async Task<List<UsageRow>> FindAsync(string requestId, Subtree subtree, string? costCenter, CancellationToken cancellationToken)
    {
        if (costCenter is not null
            && await records.ReadRecordAsync(CostCenterId.TenantOf(costCenter), ConflictingRequestId.Of(requestId, costCenter), cancellationToken) is { } conflicting)
        {
            // Its id is another cost center's too; the one that is named is meant.
            return [conflicting];
        }

        var candidates = costCenter is not null ? [CostCenterId.TenantOf(costCenter)]
            : subtree.CostCenter is { } root ? [CostCenterId.TenantOf(root)]
            : catalog.Current.Policies.Tenants.Select(t => t.Tenant);
        var found = new List<UsageRow>();
        foreach (var candidate in candidates)
        {
            var row = await records.ReadRecordAsync(candidate, requestId, cancellationToken);
            if (row is not null && subtree.Contains(row.CostCenter)) found.Add(row);
            if (found.Count > 1) break;
        }

        return found;
    }

    /// <summary>The record, or its rejection where a quota is used up.</summary>
    private PreparedRecord Admitted(PreparedRecord prepared, Subtree subtree)
    {
        if (quotas is null || prepared is not { Rejection: null, Message: { } message } || quotas.TryTake(message.Row, subtree) is not { } refused) return prepared;
        return new PreparedRecord(null, null, new UsageResult(
            message.Row.RequestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, ApiCode.QuotaExceeded, UsageQuotas.DetailOf(refused), Retryable: true) { RetryAfter = refused.RetryAfter });
    }

    private async Task<UsageResult> PostAsync(PreparedRecord prepared, Subtree subtree, bool bulk, bool heldOnly)
    {
        if (prepared.Rejection is { } rejection) return Counted(rejection);
        var reply = await PostAsync(prepared.GrainKey!, new PostRequest([prepared.Message!], bulk, heldOnly));
        return ResultOf(prepared.Message!.Row, reply, 0, subtree);
    }

    /// <param name="subtree">Of whose quota the records are; null: of nobody's.</param>
    private async Task SendAsync(PostWave wave, UsageResult[] results, Subtree? subtree, bool bulk, bool heldOnly = false)
    {
        if (wave.Groups.Count == 1)
        {
            foreach (var (path, group) in wave.Groups) await SendAsync(path, group, results, subtree, bulk, heldOnly);
            return;
        }

        var sends = new List<Task>();
        ConcurrentQueue<KeyValuePair<string, PostGroup>>? cold = null;
        foreach (var group in wave.Groups)
        {
            if (calls.IsCold(group.Key)) (cold ??= new()).Enqueue(group);
            else sends.Add(SendAsync(group.Key, group.Value, results, subtree, bulk, heldOnly));
        }

        for (var lane = Math.Min(ColdTurns.MaxAtOnce, cold?.Count ?? 0); lane > 0; lane--) sends.Add(SendAllAsync(cold!));
        await Task.WhenAll(sends);

        // Where nothing comes into memory the rest is asked at once, or each would wait for the time-out of the one before it.
        async Task SendAllAsync(ConcurrentQueue<KeyValuePair<string, PostGroup>> groups)
        {
            var reached = true;
            while (reached && groups.TryDequeue(out var group)) reached = await _cold.RunAsync(() => SendAsync(group.Key, group.Value, results, subtree, bulk, heldOnly));
            var rest = new List<Task>();
            while (groups.TryDequeue(out var group)) rest.Add(SendAsync(group.Key, group.Value, results, subtree, bulk, heldOnly));
            await Task.WhenAll(rest);
        }
    }

    /// <returns>Whether the cost center answered, and the ledger.</returns>
    private async Task<bool> SendAsync(string path, PostGroup group, UsageResult[] results, Subtree? subtree, bool bulk, bool heldOnly)
    {
        var reply = await PostAsync(path, new PostRequest(group.ToRecords(), bulk, heldOnly));
        for (var i = 0; i < group.Count; i++)
        {
            var (index, message) = group[i];
            results[index] = ResultOf(message.Row, reply, i, subtree);
        }

        return reply is not null && reply.Results[0].Outcome != PostOutcome.Unavailable;
    }

    private UsageResult ResultOf(UsageRow row, PostReply? reply, int index, Subtree? subtree)
    {
        var result = reply?.Results[index] ?? new PostResult(PostOutcome.Unavailable, row.Cost.Nanos, (int)row.Flags);
        // A repeat stores nothing, so a body that is sent again gets further each time.
        if (subtree is { } caller && result.Outcome is not (PostOutcome.Recorded or PostOutcome.Unavailable)) quotas?.GiveBack(row, caller);
        if (result.Outcome == PostOutcome.Recorded) watch?.Spent(row.CostCenter);
        var told = UsageResults.Of(row, result);
        if ((told.Flags & RowFlags.Unpriced) != 0) told = told with { UnpricedBecause = catalog.Current.Prices.WhyUntaken(row.Provider, row.Model) };
        return Counted(told, row);
    }

    private UsageResult Counted(UsageResult result, UsageRow? row = null)
    {
        metrics?.Count(result, row);
        return result;
    }

    /// <summary>Null: the cost center could not be reached; whether anything was recorded is unknown, and the same ids are safe to send again.</summary>
    private async Task<PostReply?> PostAsync(string path, PostRequest request)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await tenants.EnsureAsync(path);
                // A record that settles a reservation of another cost center is booked where it says, in another tenant perhaps.
                foreach (var record in request.Records)
                {
                    if (record.Row.CostCenter != path) await tenants.EnsureAsync(record.Row.CostCenter);
                }

                var reply = await calls.CallAsync(path, request, static (grain, r) => grain.Post(r));
                return request.HeldOnly ? await WithRepeatsAsync(request, reply) : reply;
            }
            catch (Exception lost) when (attempt == 1 && lost is OrleansException)
            {
                // Once more: the ids make it safe.
            }
            catch (Exception fault)
            {
                calls.Faults.Note(fault, "a post");
                return null;
            }
        }
    }

    /// <summary>What settles nothing any more may be the repeat of the record that did: whose answer was lost is told of a duplicate. No more are looked up than at other times.</summary>
    private async Task<PostReply> WithRepeatsAsync(PostRequest request, PostReply reply)
    {
        var results = reply.Results.ToBuilder();
        var lookups = 0;
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Outcome != PostOutcome.NothingHeld) continue;
            if (lookups++ >= MaxLookups) results[i] = results[i] with { Outcome = PostOutcome.Overloaded };
            else if (await FindRepeatedAsync(request.Records[i].Row, CancellationToken.None) is { } stored) results[i] = new PostResult(PostOutcome.Duplicate, stored.Cost.Nanos, (int)stored.Flags);
        }

        return new PostReply(results.ToImmutable());
    }
}
