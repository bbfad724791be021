using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Torture.Checks;

/// <summary>What got no answer is asked again under the same ids, until its outcome is known. Afterwards nothing of the round is open.</summary>
internal sealed class Repeats(Caller caller, History history, HoldTraffic holds)
{
    private const int AtOnce = 8;

    public int Resolved { get; private set; }

    /// <summary>Every record of unknown outcome must now be recorded or a duplicate; what was in the ledger already must be a duplicate.</summary>
    public async Task PostAsync(IReadOnlySet<string> inLedger)
    {
        // In the order in which they were sent: a heartbeat comes before the settle that follows it.
        var unknown = history.Records.Values.Where(r => !r.IsAcknowledged).GroupBy(r => r.Reservation ?? r.Id).Select(g => g.OrderBy(NumberOf).ToList()).ToList();
        Resolved = unknown.Sum(g => g.Count);
        await Parallel.ForEachAsync(unknown, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (group, _) =>
        {
            foreach (var record in group) await PostAsync(record, inLedger.Contains(record.Id));
        });
    }

    /// <summary>Checks and releases without an answer are repeated; then every hold that was left open is ended.</summary>
    public async Task EndHoldsAsync(bool crashed, bool timeMoved)
    {
        await Parallel.ForEachAsync(history.Grants, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (grant, _) => await EndAsync(grant, crashed, timeMoved));
    }

    private async Task EndAsync(Grant grant, bool crashed, bool timeMoved)
    {
        if (grant.ReservationId is null)
        {
            if (!grant.IsUnknown) return;
            var answer = await holds.AskAgainAsync(grant);
            if (answer.Status != 200) history.Violation($"check {grant.RequestId} repeated: {answer.Status} {answer.Text}");
            if (grant.ReservationId is not null) await holds.ReleaseAsync(grant);
            return;
        }

        if (grant.IsEnding)
        {
            // Settled, or so it was asked; where the clock moved that may have been refused.
            if (grant.IsUnknown || timeMoved) await holds.ReleaseAsync(grant);
            return;
        }

        var state = await caller.GetAsync($"/v1/reservations/{grant.ReservationId}");
        var isHeld = state.Status == 200 && state.Body.GetProperty("state").GetString() == "held";
        if (!isHeld && !timeMoved && (grant.MustSurvive || !crashed)) history.Violation($"the hold {grant.ReservationId} of {grant.CostCenter} is forgotten: {state.Status} {state.Text}");
        if (isHeld && grant.MustSurvive && !timeMoved) await holds.SettleAsync(grant, 1);
        else await holds.ReleaseAsync(grant);
    }

    private async Task PostAsync(PostedRecord record, bool isThere)
    {
        var answer = await Eventually.GetAsync(
            $"an answer about {record.Id}", async () => await caller.PostAsync(record.Target, record.Body) is { Status: not 503 } known ? known : null, 30);
        // A correction of a record that never arrived has nothing to correct: then nobody may say that it is there.
        history.Take(record, answer);
        if (answer.Status == 200 && isThere && answer.Result != "duplicate") history.Violation($"{record.Id} is in the ledger, and its repeat was {answer.Result}");
    }

    private static long NumberOf(PostedRecord record) => long.Parse(record.Id[(record.Id.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
