using System.Globalization;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Doctor;

/// <summary>Looks once after the start for what works, but hardly as its operator means it, and says so in the log. Nothing waits for it.</summary>
public sealed partial class StartDoctor(
    KeyRing keys, IOptions<BackupOptions> backups, ILedgerClock ledger, ILedgerBudgets budgets, INodeReader nodes, Resolution resolution, TimeProvider clock, ILogger<StartDoctor> logger)
    : BackgroundService
{
    /// <summary>How far two clocks may be apart.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>Budgets that are looked at for limits of users; of more only these.</summary>
    private const int MaxBudgets = 1_000;

    private const int MaxNamed = 5;

    /// <summary>The days in which callers without a user are looked for.</summary>
    private const int Days = 7;

    /// <summary>All of it; also for tests.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        LookAtAccess();
        LookAtBackups();
        await LookAtClocksAsync(cancellationToken);
        await LookAtUsersAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The host's start goes on meanwhile.
            await Task.Yield();
            await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it had looked at everything.
        }
        catch (Exception failed)
        {
            LogFailed(failed);
        }
    }

    private void LookAtAccess()
    {
        if (keys.IsOpen) LogOpen();
    }

    private void LookAtBackups()
    {
        if (backups.Value.Folder is not { Length: > 0 } folder)
        {
            // Whoever tries the engine out has nothing to lose.
            if (!keys.IsOpen) LogNoFolder();
            return;
        }

        var newest = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles().Max(f => (DateTime?)f.LastWriteTimeUtc) : null;
        if (newest is not { } last) LogNoBackup(folder);
        else if (clock.GetUtcNow() - last is var age && age > backups.Value.Within) LogOldBackup(folder, InWords(age));
    }

    private async Task LookAtClocksAsync(CancellationToken cancellationToken)
    {
        var (now, lastUsed) = await ledger.ReadAsync(cancellationToken);
        var here = clock.GetUtcNow();
        if ((now - here).Duration() > ClockTolerance) LogApart(InWords((now - here).Duration()), now > here ? "behind" : "ahead of");
        if (lastUsed is { } last && last - now > ClockTolerance) LogSetBack(InWords(last - now));
    }

    /// <summary>A limit for each user is one limit for all of those who send no user.</summary>
    private async Task LookAtUsersAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var shared = new List<string>();
        foreach (var stored in await budgets.ListBudgetsAsync(null, null, MaxBudgets, cancellationToken))
        {
            if (stored is not { User: null, Budget.PerUser: not null }) continue;
            var anonymous = await nodes.ReadUserAsync(stored.CostCenter, UsageRow.AnonymousUser, today.AddDays(-Days), cancellationToken);
            var spent = anonymous.Days.Aggregate(Money.Zero, (sum, day) => sum + day.Balance.Spent);
            if (spent.IsPositive) shared.Add($"{stored.CostCenter} ({resolution.ToText(spent)})");
        }

        if (shared.Count > 0) LogAnonymous(string.Join(", ", shared.Take(MaxNamed)), shared.Count);
    }

    private static string InWords(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} s"),
    };

    [LoggerMessage(2311, LogLevel.Warning, "Open mode: whoever reaches this machine's loopback needs no key. Make one before anything but a trial: keys create --admin.")]
    private partial void LogOpen();

    [LoggerMessage(2312, LogLevel.Information, "Nobody looks whether there are backups: Backups:Folder does not say where they are written.")]
    private partial void LogNoFolder();

    [LoggerMessage(2313, LogLevel.Warning, "There is no backup in {Folder}.")]
    private partial void LogNoBackup(string folder);

    [LoggerMessage(2314, LogLevel.Warning, "The newest backup in {Folder} is {Age} old.")]
    private partial void LogOldBackup(string folder, string age);

    [LoggerMessage(2315, LogLevel.Warning, "This machine's clock is {Time} {Direction} the ledger's. Dates that records are booked on, and deadlines that people read, follow this machine's: run NTP on both.")]
    private partial void LogApart(string time, string direction);

    [LoggerMessage(2316, LogLevel.Warning, "The ledger was last used {Time} in the future: its clock was set back since.")]
    private partial void LogSetBack(string time);

    [LoggerMessage(2317, LogLevel.Warning, "Calls without a user share one limit of a user, that of 'anonymous', under the per_user limits of {CostCenters}: {Count} in all, spent in the last 7 days in parentheses.")]
    private partial void LogAnonymous(string costCenters, int count);

    [LoggerMessage(2318, LogLevel.Warning, "The look for what is unusual after the start did not come to its end.")]
    private partial void LogFailed(Exception exception);
}
