using BudgetEngine.Ledger.Sql.Postgres;
using Npgsql;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>What the driver throws, told as what it means.</summary>
public sealed class PostgresErrorTests
{
    /// <summary>A command that begins while its connection is being taken down finds parts of it disposed: seen where replies were lost and the connection then reset.</summary>
    [Fact]
    public void Translate_AConnectionTakenDownUnderItsCommand_IsAnOutage()
    {
        var seen = new ObjectDisposedException("System.Threading.ManualResetEventSlim");

        Assert.IsType<LedgerUnavailableException>(new PostgresDialect().Translate(seen));
    }

    /// <summary>The driver's own count of prepared statements went wrong after an error (seen in CI): the transaction had no effect and is simply repeated.</summary>
    [Fact]
    public void Translate_APreparedStatementThatIsNotThere_IsARepetition()
    {
        var seen = new PostgresException("prepared statement \"_auto20\" does not exist", "ERROR", "ERROR", PostgresDialect.LostStatement);

        Assert.IsType<LedgerContentionException>(new PostgresDialect().Translate(seen));
    }

    /// <summary>A bug must stay one: it is logged, and not repeated for ever.</summary>
    [Fact]
    public void Translate_WhatIsNotOfTheDriver_IsLeftAsItIs() => Assert.Null(new PostgresDialect().Translate(new InvalidOperationException("A row was neither new nor known.")));
}
