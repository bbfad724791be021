using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>What is evaluated in the ledger: each call is one transaction.</summary>
public static class LedgerEvaluations
{
    /// <summary>Evaluates these cost centers and users, and inserts the alerts that are missing, with one delivery per channel that takes them.</summary>
    public static Task<EvaluationResult> EvaluateAsync(
        this ILedgerEvaluations ledger, IReadOnlyList<AlertEvaluation> evaluations, AlertContext context, CancellationToken cancellationToken) =>
        evaluations.Count == 0
            ? Task.FromResult(EvaluationResult.Nothing)
            : ledger.RunAsync(t => new EvaluationRun(t, context).EvaluateAsync(evaluations, cancellationToken), cancellationToken);

    /// <summary>Takes at most <paramref name="limit"/> evaluations that are due off the ledger's list and does the same with them.</summary>
    /// <param name="told">Of earlier sweeps, kept on the list until their nodes were told: they have been.</param>
    public static Task<EvaluationResult> SweepAsync(
        this ILedgerEvaluations ledger, IReadOnlyList<AlertEvaluation> notified, int limit, AlertContext context, CancellationToken cancellationToken) =>
        ledger.RunAsync(t => new EvaluationRun(t, context).SweepAsync(notified, limit, cancellationToken), cancellationToken);

    /// <summary>Puts at most <paramref name="limit"/> evaluations that are due off until another instant, without evaluating them.</summary>
    public static Task<IReadOnlyList<AlertEvaluation>> PutOffAsync(
        this ILedgerEvaluations ledger, int limit, DateTimeOffset until, AlertContext context, CancellationToken cancellationToken) =>
        ledger.RunAsync<IReadOnlyList<AlertEvaluation>>(
            async t =>
            {
                var due = await t.TakeDueAsync(context.Now, limit, context.TakesBalances, null, cancellationToken);
                AlertEvaluation[] later = [.. due.Select(e => e with { DueAt = until })];
                if (later.Length > 0) await t.ScheduleAsync(later, cancellationToken);
                return later;
            },
            cancellationToken);

    /// <summary>Puts evaluations on the ledger's list.</summary>
    public static Task ScheduleAsync(this ILedgerEvaluations ledger, IReadOnlyCollection<AlertEvaluation> evaluations, CancellationToken cancellationToken) =>
        ledger.RunAsync(
            async t =>
            {
                await t.ScheduleAsync(evaluations, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Evaluates what was put off, and takes it off the list.</summary>
    public static Task<EvaluationResult> EvaluatePutOffAsync(
        this ILedgerEvaluations ledger, IReadOnlyList<AlertEvaluation> evaluations, AlertContext context, CancellationToken cancellationToken) =>
        ledger.RunAsync(t => new EvaluationRun(t, context).EvaluatePutOffAsync(evaluations, cancellationToken), cancellationToken);

    /// <summary>Switches a channel off that still sends where it did: its pending deliveries are dropped, and <c>channel.dead</c> goes to the others.</summary>
    /// <returns>Channels that have something new to tell.</returns>
    public static Task<IReadOnlyList<string>> DisableChannelAsync(
        this ILedgerEvaluations ledger, Channel channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        ledger.RunAsync(
            async t => await t.DisableChannelAsync(channel, reason, context.Now, cancellationToken) ? await ReportDeadAsync(t, channel.Name, reason, context, cancellationToken) : [],
            cancellationToken);

    /// <summary>Tells the other channels that one has been failing.</summary>
    /// <returns>Channels that have something new to tell.</returns>
    public static Task<IReadOnlyList<string>> ReportDeadAsync(
        this ILedgerEvaluations ledger, string channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        ledger.RunAsync(t => ReportDeadAsync(t, channel, reason, context, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<string>> ReportDeadAsync(
        IEvaluationTransaction transaction, string name, string reason, AlertContext context, CancellationToken cancellationToken)
    {
        var known = await transaction.ReadChannelsAsync(cancellationToken);
        var under = known.FirstOrDefault(c => c.Name == name)?.Under ?? "";
        var today = context.CalendarOf(under).DateOf(context.Now);
        var alert = new Alert(AlertIds.Of(AlertType.ChannelDead, under, null, today, name), AlertType.ChannelDead, under, null, context.Now)
            .On(today, context) with { Detail = $"{name}: {reason}" };
        if ((await transaction.InsertAsync([alert], cancellationToken)).Count == 0) return [];
        var others = known.Where(c => c.Name != name && c.Takes(alert)).Select(c => c.Name).ToList();
        if (others.Count > 0) await transaction.DeliverAsync([.. others.Select(c => (alert.Id, c, false))], context.Now, cancellationToken);
        return others;
    }
}
