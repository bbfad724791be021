using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Npgsql;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>A process that stands still between two statements keeps its locks while the server lets it: nobody could take over what it had.</summary>
[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class PostgresSilentProcessTests(PostgresFixture fixture, ITestOutputHelper output) : LedgerConformance(new PostgresHost(fixture.Server), output)
{
    [LedgerFact]
    public async Task Register_OfANodeInATransactionOfAProcessThatStandsStill_SucceedsOnceTheServerHasEndedThat()
    {
        await Store.Nodes.RegisterAsync(["acme"], Today, Now, "still", None);
        await using var database = new PostgresDatabase(Host.Options);
        await using var still = await database.OpenAsync(None);
        // As a batch with a durable hold does between its round trips.
        await new NpgsqlCommand("begin; select epoch from node_epochs for share", still).ExecuteNonQueryAsync();

        var taken = Assert.Single(await Store.Nodes.RegisterAsync(["acme"], Today, Now, "other", None));

        Assert.Equal(2, taken.Epoch);
        var late = await Assert.ThrowsAnyAsync<Exception>(() => new NpgsqlCommand("commit", still).ExecuteNonQueryAsync());
        Assert.IsType<LedgerUnavailableException>(database.TranslatedAndCleared(late));
    }
}
