using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Warehouse;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>
/// Copies usage to the warehouse, batch by batch. A batch is sent until the warehouse has it and the ledger knows that; one that arrives twice replaces itself there. A
/// warehouse that is away delays nothing but its own copy: the rows wait in the ledger.
/// </summary>
internal sealed partial class WarehouseSink(
    ILedgerWarehouse ledger, ILedgerBudgets budgets, WarehouseState state, Resolution resolution, IOptions<InstallationOptions> installation, IOptions<WarehouseOptions> options, TimeProvider clock, ILogger<WarehouseSink> logger) : BackgroundService
{
    private const int BudgetsAtOnce = 500;

    /// <summary>Limits in the warehouse are at most so old.</summary>
    private static readonly TimeSpan _budgetsEvery = TimeSpan.FromMinutes(1);

    private DateTimeOffset _budgetsNext;
    private bool _made;
    private bool _failing;

    private WarehouseOptions Options => options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrEmpty(Options.Url)) return;
        using var client = new HttpClient { Timeout = Options.Timeout };
        var server = new ClickHouse(client, Options);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (!await TryAsync(server, stoppingToken)) await Task.Delay(Options.Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <returns>False: wait before the next.</returns>
    private async Task<bool> TryAsync(ClickHouse server, CancellationToken stopping)
    {
        try
        {
            // First of all: a warehouse that has never been there is late, too.
            var batch = await ledger.NextAsync(Options.MaxBatch, stopping);
            state.Oldest(batch is { Rows: [var oldest, ..] } ? oldest.RecordedAt : null);
            if (!_made) await MakeAsync(server, stopping);
            _made = true;
            if (clock.GetUtcNow() >= _budgetsNext) await SendBudgetsAsync(server, stopping);
            if (batch is not null)
            {
                if (batch.Rows.Count > 0) await server.RunAsync($"INSERT INTO {Options.Database}.usage_log FORMAT JSONEachRow", WarehouseRows.Of(batch), stopping);
                await ledger.ConfirmAsync(batch.Number, stopping);
                state.Sent(batch.Rows.Count);
            }

            _failing = false;
            return batch is not null;
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            state.Failed();
            if (!_failing) LogFailed(failed);
            _failing = true;
            return false;
        }
    }

    private async Task MakeAsync(ClickHouse server, CancellationToken stopping)
    {
        await WarehouseSchema.MakeAsync(server, Options, stopping);
        await server.RunAsync($"INSERT INTO {Options.Database}.currency FORMAT JSONEachRow", WarehouseRows.Of(installation.Value.Currency, resolution), stopping);
    }

    private async Task SendBudgetsAsync(ClickHouse server, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var all = new List<StoredBudget>();
        while (true)
        {
            var page = await budgets.ListBudgetsAsync(null, all.Count == 0 ? null : (all[^1].CostCenter, all[^1].User ?? ""), BudgetsAtOnce, stopping);
            all.AddRange(page);
            if (page.Count < BudgetsAtOnce) break;
        }

        var rows = WarehouseRows.Of(all, now.ToUnixTimeSeconds());
        if (!rows.IsEmpty) await server.RunAsync($"INSERT INTO {Options.Database}.budgets FORMAT JSONEachRow", rows, stopping);
        _budgetsNext = now + _budgetsEvery;
    }

    [LoggerMessage(2201, LogLevel.Warning, "The warehouse did not take a batch; it is sent again.")]
    private partial void LogFailed(Exception exception);
}
