using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Reports.Fill;
using BudgetEngine.Reports.Measure;
using BudgetEngine.TestKit.Engine;
using Npgsql;

namespace BudgetEngine.Reports;

/// <summary>Where, how large, how often.</summary>
/// <param name="Data">A folder for SQLite that is kept. <paramref name="Postgres"/>: a database that is kept. Neither: both stores in temporary places.</param>
/// <param name="Rounds">How often each question is asked.</param>
internal sealed record ReportsOptions(string? Data, string? Postgres, int CostCenters, int Records, int Rounds)
{
    private const string Usage = "usage: Reports [--data DIR | --postgres CONNECTION_STRING] [--cost-centers N] [--records N] [--rounds N]";

    public static async Task<int> RunAsync(string[] args)
    {
        if (Parse(args) is not { } options) return 2;
        if (options.Data is not null || options.Postgres is not null) return await options.MeasureAsync(options.Data is { } folder ? ["--data", folder] : ["--postgres", options.Postgres!]);
        foreach (var postgres in (bool[])[false, true])
        {
            using var store = Store.New(postgres);
            await options.MeasureAsync(store.Arguments);
        }

        return 0;
    }

    private static ReportsOptions? Parse(string[] args)
    {
        var options = new ReportsOptions(null, null, 100_000, 1_000_000, 20);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            var next = args[i] switch
            {
                "--data" when value.Length > 0 => options with { Data = value },
                "--postgres" when value.Length > 0 => options with { Postgres = value },
                "--cost-centers" when isNumber => options with { CostCenters = number },
                "--records" when isNumber => options with { Records = number },
                "--rounds" when isNumber => options with { Rounds = number },
                _ => null,
            };
            if (next is null)
            {
                Console.Error.WriteLine(Usage);
                return null;
            }

            options = next;
        }

        return options;
    }

    /// <summary>Fills the store if it is empty, and asks.</summary>
    private async Task<int> MeasureAsync(string[] store)
    {
        var ledger = new LedgerOptions { DataDirectory = store[0] == "--data" ? store[1] : "data", Postgres = store[0] == "--postgres" ? store[1] : null };
        var plan = new FillPlan(CostCenters, Records, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        var isEmpty = false;
        await using (var opened = LedgerStores.Create(ledger))
        {
            await opened.OpenAsync(migrate: true, LedgerUse.Beside, CancellationToken.None);
            isEmpty = !await opened.CostCenters.ExistsAsync(FillPlan.TenantOf(0), CancellationToken.None);
        }

        if (isEmpty)
        {
            using IBulkStore bulk = ledger.Postgres is { } connection ? new PostgresBulk(connection) : new SqliteBulk(Path.Combine(ledger.DataDirectory, "ledger.db"));
            Console.WriteLine($"{new StoreFill(bulk, plan).Run()} records of {CostCenters} cost centers");
        }

        await using (var opened = LedgerStores.Create(ledger))
        {
            // What the engine makes of the balances that it finds, in the background.
            var started = Stopwatch.GetTimestamp();
            await opened.OpenAsync(migrate: false, LedgerUse.Beside, CancellationToken.None);
            while (await opened.Housekeeping.RollUpAsync(Housekeeping.RowsPerStep, CancellationToken.None) > 0)
            {
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lists of spend were filled in, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        }

        await using var engine = await EngineProcess.StartAsync(store);
        await new ReportMeasure(engine, plan, Rounds, () => SessionsAt(ledger.Postgres)).RunAsync(ledger.Postgres is null ? "SQLite" : "PostgreSQL");
        return 0;
    }

    private static List<int> SessionsAt(string? postgres)
    {
        var sessions = new List<int>();
        if (postgres is null) return sessions;
        using var connection = new NpgsqlConnection(postgres);
        connection.Open();
        using var command = new NpgsqlCommand("select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read()) sessions.Add(reader.GetInt32(0));
        return sessions;
    }
}
