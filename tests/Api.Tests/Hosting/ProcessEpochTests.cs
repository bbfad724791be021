using System.Net;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>Stamps only grow: those of a start are above those of every start before it. They were once made before the ledger had said which start it is.</summary>
public class ProcessEpochTests
{
    [Fact]
    public async Task Reservations_OfAProcess_HaveItsEpoch()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var answer = (await host.SendAsync("POST", "/v1/check", """{"cost_center":"acme/search","amount":1}""")).Expect(HttpStatusCode.OK);

        Assert.True(host.Services.GetRequiredService<CheckService>().TryRead((string?)answer.Json["reservation_id"], new Subtree(null), out var id));
        await using var ledger = new SqliteConnection($"Data Source={host.LedgerFile};Mode=ReadOnly");
        await ledger.OpenAsync();
        await using var command = ledger.CreateCommand();
        command.CommandText = "select value from counters where name = 'process_epoch'";
        Assert.Equal((long)(await command.ExecuteScalarAsync())!, id.Attempt.Epoch);
    }
}
