using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Silo.Doctor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>What an operator is told after the start, against the state that it is told of.</summary>
[Collection(nameof(OpenHost))]
public sealed class StartDoctorTests(OpenHost open)
{
    [Fact]
    public async Task OpenMode_IsTold() => Assert.Contains(await LookAsync(open.Api), l => l.StartsWith("Open mode: ", StringComparison.Ordinal));

    [Fact]
    public async Task Backups_ThatNobodyMakes_AreTold_AndFreshOnesAreNot()
    {
        var folder = Directory.CreateTempSubdirectory("budget-backups-");
        try
        {
            Assert.Contains($"There is no backup in {folder.FullName}.", await LookAsync(open.Api, folder.FullName));
            var file = Path.Combine(folder.FullName, "ledger.db");
            await File.WriteAllTextAsync(file, "x");
            Assert.DoesNotContain(await LookAsync(open.Api, folder.FullName), l => l.Contains("backup", StringComparison.Ordinal));
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-6).AddMinutes(-1));
            Assert.Contains($"The newest backup in {folder.FullName} is 6 days old.", await LookAsync(open.Api, folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(10_860, 0, "This machine's clock is 3 hours behind the ledger's.")]
    [InlineData(-7_260, 0, "This machine's clock is 2 hours ahead of the ledger's.")]
    [InlineData(0, 86_400, "The ledger was last used 24 hours in the future")]
    public async Task Clocks_ThatAreApart_AreTold(int ledgerAhead, int lastUsedAhead, string? says)
    {
        var lines = await LookAsync(open.Api, ledger: new Clock(TimeSpan.FromSeconds(ledgerAhead), TimeSpan.FromSeconds(lastUsedAhead)));
        if (says is null) Assert.DoesNotContain(lines, l => l.Contains("clock", StringComparison.Ordinal));
        else Assert.Contains(lines, l => l.StartsWith(says, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ledger_OfThisMachine_HasThisMachinesTime()
    {
        var instants = await open.Api.Services.GetRequiredService<ILedgerClock>().ReadAsync(CancellationToken.None);
        Assert.InRange(instants.Now - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        Assert.NotNull(instants.LastUsed);
    }

    [Fact]
    public async Task LimitsOfUsers_ThatCallersWithoutAUserShare_AreTold_OnceSomebodyDoes()
    {
        (await open.Api.SendAsync("PUT", "/v1/budgets/doctor-a", """{"per_user":{"daily":1}}""")).Expect(HttpStatusCode.Created);
        (await open.Api.SendAsync("POST", "/v1/usage", """{"request_id":"doctor-1","cost_center":"doctor-a","cost":0.25,"user":"amy"}""")).Expect(HttpStatusCode.OK);
        Assert.DoesNotContain(await LookAsync(open.Api), l => l.Contains("doctor-a", StringComparison.Ordinal));

        (await open.Api.SendAsync("POST", "/v1/usage", """{"request_id":"doctor-2","cost_center":"doctor-a","cost":0.5}""")).Expect(HttpStatusCode.OK);

        Assert.Contains(await LookAsync(open.Api), l => l.Contains("doctor-a (0.5)", StringComparison.Ordinal) && l.Contains("'anonymous'", StringComparison.Ordinal));
    }

    private static async Task<List<string>> LookAsync(ApiHost api, string? backups = null, ILedgerClock? ledger = null)
    {
        using var lines = new LogLines();
        using var factory = LoggerFactory.Create(b => b.AddProvider(lines));
        var options = Options.Create(new BackupOptions { Folder = backups });
        object[] own = ledger is null ? [factory.CreateLogger<StartDoctor>(), options] : [factory.CreateLogger<StartDoctor>(), options, ledger];
        using var doctor = ActivatorUtilities.CreateInstance<StartDoctor>(api.Services, own);
        await doctor.LookAsync(CancellationToken.None);
        return [.. lines.All.Select(l => l.Trim())];
    }

    private sealed class Clock(TimeSpan ahead, TimeSpan lastUsedAhead) : ILedgerClock
    {
        public Task<LedgerInstants> ReadAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new LedgerInstants(DateTimeOffset.UtcNow + ahead, DateTimeOffset.UtcNow + ahead + lastUsedAhead));
    }
}
