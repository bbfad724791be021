using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Api.Reports;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Schedules;

/// <summary>
/// Sends summaries that are due. Every silo runs it: whoever stores a summary first has moved the schedule's instant, in the same transaction, and the others store nothing. What was due while
/// nobody ran is sent late, once: the latest of it.
/// </summary>
internal sealed partial class ScheduleSweep(ILedgerSchedules ledger, ChangeReports changes, ScheduleWrites writes, AlertEvaluator evaluator, TimeProvider clock, ILogger<ScheduleSweep> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A summary that cannot be made now (too much to read, most likely) is tried again after this.</summary>
    public static readonly TimeSpan PutOff = TimeSpan.FromMinutes(5);

    /// <summary>Summaries made in one round, one after the other; the rest in the next.</summary>
    private const int MaxPerRound = 50;

    private bool _failing;

    /// <summary>Runs until it is cancelled. A failure (the ledger is out of reach) is logged once and tried again.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, stopping);
                await RoundAsync(stopping);
                _failing = false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                if (!_failing) LogFailed(failed);
                _failing = true;
            }
        }
    }

    /// <summary>Sends all that is due now.</summary>
    public async Task RoundAsync(CancellationToken stopping)
    {
        foreach (var due in await ledger.ReadDueSchedulesAsync(clock.GetUtcNow(), MaxPerRound, stopping))
        {
            try
            {
                await SendAsync(due, stopping);
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                // One that cannot be made must not keep the others waiting.
                LogNotSent(due.Schedule.Name, failed);
                await ledger.PutOffScheduleAsync(due, clock.GetUtcNow() + PutOff, stopping);
            }
        }
    }

    private async Task SendAsync(StoredSchedule due, CancellationToken stopping)
    {
        var (schedule, now) = (due.Schedule, clock.GetUtcNow());
        var calendar = writes.CalendarOf(schedule.CostCenter);
        var summary = await changes.OfAsync(schedule.CostCenter, schedule.Period, schedule.LastDay(calendar, now), stopping);
        var alert = AlertOf(schedule, summary, calendar, now);
        if (await ledger.SendAsync(due, alert, schedule.NextAt(calendar, now), stopping) is { Count: > 0 } channels) await evaluator.NotifyAsync(new EvaluationResult(channels, 0, [], [alert]));
    }

    /// <summary>Its id is that of the schedule and the time it tells of: the same again, whoever makes it and however often the schedule is changed meanwhile.</summary>
    private static Alert AlertOf(Schedule schedule, SpendSummary summary, TenantCalendar calendar, DateTimeOffset now)
    {
        var costCenter = schedule.CostCenter ?? "";
        return new Alert(AlertIds.Of(AlertType.SpendSummary, costCenter, null, summary.To, $"{schedule.Name}/{(int)schedule.Period}"), AlertType.SpendSummary, costCenter, null, now)
        {
            Window = summary.From, WindowStart = calendar.StartOfWindow(Period.Daily, summary.From), TimeZone = calendar.ZoneAt(now), Spent = summary.Spent, TopModels = summary.Models,
            Detail = schedule.Name, Summary = summary,
        };
    }

    [LoggerMessage(1052, LogLevel.Warning, "The sweep for summaries failed; it is tried again.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(1053, LogLevel.Warning, "The summary of schedule {Schedule} could not be made; it is tried again in 5 minutes.")]
    private partial void LogNotSent(string schedule, Exception exception);
}
