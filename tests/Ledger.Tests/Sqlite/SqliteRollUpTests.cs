using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Sqlite;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Ledger.Tests.Sqlite;

/// <summary>A roll-up reads beside the writer: what others have changed between its reading and its writing must not be lost.</summary>
public sealed class SqliteRollUpTests : IAsyncLifetime
{
    private readonly LedgerOptions _options = new() { DataDirectory = Directory.CreateTempSubdirectory("ledger-roll-up-").FullName };
    private readonly SqliteDatabase _database;

    public SqliteRollUpTests() => _database = new SqliteDatabase(_options, TimeProvider.System);

    public Task InitializeAsync() => _database.WriteAsync(s => s.ExecuteAsync("create table t (x integer)", default), default);

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    [Fact]
    public async Task Step_Alone_WritesWhatItHasRead()
    {
        Assert.Equal("0", await StepAsync(() => { }));
        Assert.Equal("1", await StepAsync(() => { }));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Step_AfterWhoseReadingAnotherOwnedTheRollUps_WritesNothing()
    {
        Assert.Null(await StepAsync(() => _database.WriteAsync(s => _database.TryOwnRollUpAsync(s, default), default).Wait()));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Step_ThatReadBeforeAnotherStepWrote_WritesNothing()
    {
        Assert.Null(await StepAsync(() => _database.WriteAsync(
            async s => await _database.TryOwnRollUpAsync(s, default) && await s.ExecuteAsync("insert into t values (1)", default) > 0, default).Wait()));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Step_ThatReadWhileAnOwnersTransactionWasOpen_WritesNothing()
    {
        using var owned = new ManualResetEventSlim();
        using var read = new ManualResetEventSlim();
        var owner = _database.WriteAsync(
            async s =>
            {
                await _database.TryOwnRollUpAsync(s, default);
                owned.Set();
                Assert.True(read.Wait(TimeSpan.FromMinutes(1)));
                return await s.ExecuteAsync("insert into t values (1)", default);
            },
            default);
        Assert.True(owned.Wait(TimeSpan.FromMinutes(1)));

        var step = StepAsync(read.Set);
        await owner.Within("the owner's transaction");

        Assert.Null(await step);
        Assert.Equal(1, await CountAsync());
    }

    /// <summary>One that writes a row, having read how many there are.</summary>
    private async Task<string?> StepAsync(Action afterReading) =>
        await _database.RollUpAsync(
            async s =>
            {
                var rows = await s.NumberAsync("select count(*) from t", default);
                afterReading();
                return $"{rows}";
            },
            (s, rows) => s.ExecuteAsync("insert into t values (@x)", default, ("x", rows)),
            default).Within("the step");

    private Task<long> CountAsync() => _database.ReadAsync(s => s.NumberAsync("select count(*) from t", default), default);
}
