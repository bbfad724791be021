using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Sqlite;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Ledger.Tests.Sqlite;

/// <summary>Reports on their own threads: bounded, broken off, and never in the way of what decisions wait for.</summary>
public sealed class SqliteReaderTests : IAsyncLifetime
{
    /// <summary>Reads for ever.</summary>
    private const string Endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c";

    private readonly LedgerOptions _options = new()
    {
        DataDirectory = Directory.CreateTempSubdirectory("ledger-readers-").FullName, ReportTimeout = TimeSpan.FromMilliseconds(300),
    };

    private readonly SqliteDatabase _database;

    public SqliteReaderTests() => _database = new SqliteDatabase(_options, TimeProvider.System);

    public Task InitializeAsync() => _database.WriteAsync(s => s.ExecuteAsync("create table t (x integer)", default), default);

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    [Fact]
    public async Task Now_OfAStatementThatWasKept_IsTheTimeOfEachRun()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
        await using var database = new SqliteDatabase(_options, clock);
        Task<long> ReadAsync() => database.ReadAsync(s => s.NumberAsync($"select {s.Dialect.Now}", default), default);
        Task<long> WriteAsync() => database.WriteAsync(s => s.NumberAsync($"select {s.Dialect.Now}", default), default);
        var (read, written) = (await ReadAsync(), await WriteAsync());
        Assert.Equal(SqliteDialect.Micros(clock.GetUtcNow()), read);

        clock.Advance(TimeSpan.FromSeconds(1));

        // Each of the threads that read has statements of its own.
        for (var i = 0; i < 10; i++) Assert.Equal(read + 1_000_000, await ReadAsync());
        Assert.Equal(written + 1_000_000, await WriteAsync());
    }

    [Fact]
    public async Task Command_ThatIsKept_HasNothingOfItsLastUse()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        using var commands = new SqliteCommands();
        var command = commands.Take(connection, "select @x");
        command.CommandTimeout = 9_999;
        command.Parameters.AddWithValue("x", "small");
        commands.GiveBack(command);

        var again = commands.Take(connection, "select @x");
        Assert.Same(command, again);
        Assert.Empty(again.Parameters);
        Assert.Equal(connection.DefaultTimeout, again.CommandTimeout);

        again.Parameters.AddWithValue("x", new string('x', 1_000_000));
        commands.GiveBack(again);
        Assert.NotSame(again, commands.Take(connection, "select @x"));
    }

    [Fact]
    public async Task Report_ThatReadsTooLong_IsBrokenOff_AndTheNextIsRead()
    {
        await Assert.ThrowsAsync<LedgerReportTooLongException>(() => _database.ReportAsync(EndlessAsync, default).Within("the end of the report"));
        Assert.Equal(0, await _database.ReportAsync(CountAsync, default));
    }

    [Fact]
    public async Task Report_WhoseCallerHasGone_IsBrokenOff()
    {
        using var caller = new CancellationTokenSource();
        var reads = _database.LongReportAsync(EndlessAsync, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads.Within("the end of the report"));
    }

    [Fact]
    public async Task Reports_ByTheDozen_KeepNoDecisionWaiting()
    {
        using var callers = new CancellationTokenSource();
        var reports = Enumerable.Range(0, 40).Select(_ => _database.LongReportAsync(EndlessAsync, callers.Token)).Concat(
            Enumerable.Range(0, 40).Select(_ => _database.ReportAsync(EndlessAsync, callers.Token))).ToArray();
        for (var i = 0; i < 100; i++) Assert.Equal(0, await _database.ReadAsync(CountAsync, default).Within("a read"));
        Assert.All(reports.Take(40), r => Assert.False(r.IsCompleted));
        await callers.CancelAsync();
        foreach (var report in reports) await Assert.ThrowsAnyAsync<Exception>(() => report.Within("the end of a report"));
    }

    private static Task<long> EndlessAsync(LedgerSession session) => session.NumberAsync(Endless, default);

    private static Task<long> CountAsync(LedgerSession session) => session.NumberAsync("select count(*) from t", default);
}
