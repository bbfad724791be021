using System.Runtime.InteropServices;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>The owner's side of usage: records become durable, and the reservations that they name are settled (R6, R7, R10, R12, R14, R15).</summary>
internal sealed class UsageCommands(CostCenterNode node, CostCenterCalls calls, ReservationCommands reservations)
{
    /// <summary>How long it is remembered where usage of this cost center is booked while it is unknown: a nearer ancestor may come into being.</summary>
    private static readonly TimeSpan _rememberedFor = TimeSpan.FromSeconds(10);

    private (string At, long Until) _bookedAt;

    /// <summary>Posts, unless that would make more cost centers than the tenant or a subtree of it may. Where it may make none, what would is booked at the nearest known ancestor.</summary>
    public async Task<PostReply> PostAsync(PostRequest request)
    {
        if (MadeBy(request) is not { } made) return await PostAllAsync(request);
        if (made.Any(LetsNoneBegin))
        {
            request = await RebookAsync(request);
            made = MadeBy(request);
        }

        if (node.Services.NewNodes is not { } newNodes || made is null) return await PostAllAsync(request);
        if (!newNodes.TryCreate(made, out var taken)) return new PostReply([.. request.Records.Select(r => new PostResult(PostOutcome.TooManyNew, r.Row.Cost.Nanos, (int)r.Row.Flags))]);
        var reply = await PostAllAsync(request);
        if (!reply.Results.Any(r => r.Outcome is PostOutcome.Recorded or PostOutcome.Unavailable)) newNodes.GiveBackCreated(taken);
        return reply;
    }

    /// <summary>The cost centers that the records may make: this one, and those that are named beside a reservation of this one, of which nothing is known here. Null: none.</summary>
    private HashSet<string>? MadeBy(PostRequest request)
    {
        HashSet<string>? made = null;
        foreach (var record in request.Records)
        {
            if (record.Row.CostCenter == node.Path ? !node.IsKnown : !IsRebooked(record.Row)) (made ??= []).Add(record.Row.CostCenter);
        }

        return made;
    }

    private static bool IsRebooked(UsageRow row) => (row.Flags & RowFlags.UnknownCostCenter) != 0;

    private bool LetsNoneBegin(string path) => node.Services.Catalog.Current.Policies.TenantOf(path) is { DenyNewCostCenters: true };

    /// <summary>
    /// <c>new_cost_centers: deny</c>: records of unknown cost centers as they are booked. What settles a reservation of this cost center stays here, where it was held. Waits, and throws
    /// what the store throws.
    /// </summary>
    private async Task<PostRequest> RebookAsync(PostRequest request)
    {
        var records = request.Records.ToBuilder();
        for (var i = 0; i < records.Count; i++)
        {
            var (row, settles) = (records[i].Row, records[i].Reservation);
            if (IsRebooked(row) || !LetsNoneBegin(row.CostCenter) || (row.CostCenter == node.Path && settles is not null)) continue;
            if (await BookedAtAsync(row.CostCenter) is { } ancestor) records[i] = records[i] with { Row = UnknownCostCenter.BookAt(row, ancestor) };
        }

        return request with { Records = records.ToImmutable() };
    }

    /// <summary>The nearest known ancestor of a cost center, else its tenant; null: it is known itself, or a tenant.</summary>
    private async Task<string?> BookedAtAsync(string path)
    {
        if (path == node.Path && node.IsKnown) return null;
        var now = Moment.Of(node.Services.Clock).MonotonicTicks;
        if (path == node.Path && _bookedAt.At is { } remembered && now < _bookedAt.Until) return remembered;
        var nodes = CostCenterId.SelfAndAncestors(path);
        var states = await node.Services.Registrar.ReadAgainAsync(nodes);
        if (Array.IndexOf(nodes, node.Path) is >= 0 and var own && states[own].Exists) node.MarkExisting();
        var known = nodes.Where((_, i) => states[i].Exists || states[i].Budget is not null).FirstOrDefault(nodes[^1]);
        if (known == path) return null;
        if (path == node.Path) _bookedAt = (known, now + _rememberedFor.Ticks);
        return known;
    }

    private async Task<PostReply> PostAllAsync(PostRequest request)
    {
        var startedAt = node.Services.Clock.GetTimestamp();
        var results = new PostResult[request.Records.Length];
        var postings = new List<Posting>();
        var posting = new Posting(node, calls, request.Bulk, results);
        try
        {
            for (var i = 0; i < request.Records.Length; i++)
            {
                var record = request.Records[i];
                var free = true;
                while (free && record.Reservation is { } settles && NamesBusy(settles))
                {
                    // Perhaps an earlier record of this very request: send what there is, then wait for its outcome.
                    posting = Send(posting, postings, request.Bulk, results);
                    free = await WaitUntilFreeAsync(settles, TimeLeft(startedAt));
                }

                if (!free) results[i] = Unavailable(record.Row);
                else if ((request.HeldOnly ? AtMostHeld(record) : record) is { } taken) posting.Add(i, taken, node.Now());
                else results[i] = new PostResult(PostOutcome.NothingHeld, record.Row.Cost.Nanos, (int)record.Row.Flags);
            }

            posting = Send(posting, postings, request.Bulk, results);
        }
        finally
        {
            // Not sent only after an exception.
            posting.Dispose();
        }

        await FinishAsync(postings, startedAt);
        return new PostReply(ImmutableCollectionsMarshal.AsImmutableArray(results));
    }

    /// <summary>
    /// Of a sender whose key has ended: the record, if it settles what is still held, with the cost that is held at most. So a key that somebody has stolen moves no window any
    /// further. Null: it settles nothing.
    /// </summary>
    private UsageMessage? AtMostHeld(UsageMessage record)
    {
        if (record.Reservation is not { } settles || node.Reservations.Find(settles.Claim(), node.Now()) is not { State: ReservationState.Held }) return null;
        if (node.Account.Find(settles.Key) is not { } hold) return null;
        return record.Row.Cost <= hold.Left ? record : record with { Row = record.Row with { Cost = hold.Left, Flags = record.Row.Flags | RowFlags.Underestimated } };
    }

    private Posting Send(Posting posting, List<Posting> postings, bool bulk, PostResult[] results)
    {
        if (posting.Count == 0) return posting;
        posting.Send();
        postings.Add(posting);
        return new Posting(node, calls, bulk, results);
    }

    public static PostResult Unavailable(UsageRow row) => new(PostOutcome.Unavailable, row.Cost.Nanos, (int)row.Flags);

    private bool NamesBusy(SettleMessage settles) =>
        node.Reservations.Find(settles.Claim(), node.Now()) is { Busy: true };

    private async Task<bool> WaitUntilFreeAsync(SettleMessage settles, TimeSpan within)
    {
        try
        {
            await reservations.FindFreeAsync(settles.Claim()).AsTask().WaitAsync(within, node.Services.Clock);
            return true;
        }
        catch (Exception fault) when (fault is TimeoutException or LedgerUnavailableException)
        {
            return false;
        }
    }

    private async Task FinishAsync(List<Posting> postings, long startedAt)
    {
        foreach (var posting in postings)
        {
            if (posting.Finished.IsCompleted) continue;
            try
            {
                await posting.Finished.WaitAsync(TimeLeft(startedAt), node.Services.Clock);
            }
            catch (TimeoutException)
            {
                await posting.GiveUpAsync(node.Now());
            }
        }
    }

    private TimeSpan TimeLeft(long startedAt) =>
        node.Services.Options.PostDeadline - node.Services.Clock.GetElapsedTime(startedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
}
