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
    /// <summary>Posts, unless that would make more cost centers than the tenant may.</summary>
    public async Task<PostReply> PostAsync(PostRequest request)
    {
        if (node.Services.NewNodes is not { } newNodes || MadeBy(request) is not { } made) return await PostAllAsync(request);
        var tenant = CostCenterId.TenantOf(node.Path);
        if (!newNodes.TryCreate(tenant, made, out var taken)) return new PostReply([.. request.Records.Select(r => new PostResult(PostOutcome.TooManyNew, r.Row.Cost.Nanos, (int)r.Row.Flags))]);
        var reply = await PostAllAsync(request);
        if (!reply.Results.Any(r => r.Outcome is PostOutcome.Recorded or PostOutcome.Unavailable)) newNodes.GiveBackCreated(tenant, taken);
        return reply;
    }

    /// <summary>The cost centers that the records may make: this one, and those that are named beside a reservation of this one, of which nothing is known here. Null: none.</summary>
    private HashSet<string>? MadeBy(PostRequest request)
    {
        HashSet<string>? made = node.Exists || node.Account.Budget is not null ? null : [node.Path];
        foreach (var record in request.Records)
        {
            if (record.Row.CostCenter != node.Path) (made ??= []).Add(record.Row.CostCenter);
        }

        return made;
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

                if (free) posting.Add(i, record, node.Now());
                else results[i] = Unavailable(record.Row);
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
            await reservations.FindFreeAsync(settles.Claim()).WaitAsync(within, node.Services.Clock);
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
