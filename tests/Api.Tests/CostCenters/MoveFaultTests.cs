using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.CostCenters;

/// <summary>A move of which every step fails twice: once before it has had its effect, and once when it has had it and nobody heard.</summary>
public class MoveFaultTests
{
    [Fact]
    public async Task Move_OfWhichEveryStepFails_BeforeAndAfterItsEffect_EndsAsIfNothingHadFailed()
    {
        FailingMoves? moves = null;
        await using var host = await ApiHost.StartAsync(
            ["--Keys:Open=true"], services => services.AddSingleton<ILedgerMoves>(p => moves = new FailingMoves(p.GetRequiredService<LedgerStore>().Moves)));
        (await host.SendAsync("PUT", "/v1/budgets/mf/x", """{"daily":10}""")).Expect(HttpStatusCode.Created);
        for (var i = 0; i < 3; i++) await PostAsync($"before-{i}", "mf/x/app", 1);

        var id = (string)(await host.SendAsync("POST", "/v1/cost-centers/mf/x/move", """{"to":"mf/y"}""")).Expect(HttpStatusCode.Accepted).Json["id"]!;
        var posted = 0;
        await Eventually.HoldsAsync("the move is done", async () =>
        {
            // Usage of the old name goes on all the while, and is counted at once wherever it is booked.
            await PostAsync($"meanwhile-{posted++}", "mf/x/app", 0.001m);
            return (string)(await host.SendAsync("GET", $"/v1/moves/{id}")).Expect(HttpStatusCode.OK).Json["state"]! == "done";
        }, 60);

        Assert.Equal(["CutOver after", "CutOver before", "Open after", "Open before", "Rename after", "Rename before", "Touched after", "Touched before"], moves!.Failed.Order(StringComparer.Ordinal));
        Assert.Equal((3 + 0.001m * posted, 3 + 0.001m * posted), (await SpentAsync("mf/y"), await SpentAsync("mf")));
        Assert.True((bool)(await host.SendAsync("GET", "/v1/consistency")).Expect(HttpStatusCode.OK).Json["consistent"]!);
        Assert.Equal("deny", (string?)(await host.SendAsync("POST", "/v1/check", """{"cost_center":"mf/x","amount":7}""")).Json["decision"]);

        async Task PostAsync(string requestId, string path, decimal cost) => (await host.SendAsync(
            "POST", "/v1/usage", string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"request_id":"{{requestId}}","cost_center":"{{path}}","cost":{{cost}}}"""))).Expect(HttpStatusCode.OK);
        async Task<decimal> SpentAsync(string path) => (decimal)(await host.SendAsync("GET", $"/v1/cost-centers/{path}")).Expect(HttpStatusCode.OK).Json["spent_month"]!;
    }

    private sealed class FailingMoves(ILedgerMoves moves) : ILedgerMoves
    {
        private readonly Lock _lock = new();

        public HashSet<string> Failed { get; } = [];

        public Task<MoveExtent> ReadMoveExtentAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken) => moves.ReadMoveExtentAsync(job, claim, cancellationToken);

        public Task<MoveRefusal?> CreateMoveAsync(MoveJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) => moves.CreateMoveAsync(job, claim, admin, cancellationToken);

        public Task<MoveJob?> FindMoveAsync(string id, CancellationToken cancellationToken) => moves.FindMoveAsync(id, cancellationToken);

        public Task<IReadOnlyList<MoveJob>> ListMovesAsync(string? under, int limit, CancellationToken cancellationToken) => moves.ListMovesAsync(under, limit, cancellationToken);

        public Task<bool> CancelMoveAsync(string id, AdminContext admin, CancellationToken cancellationToken) => moves.CancelMoveAsync(id, admin, cancellationToken);

        public Task<IReadOnlyList<MoveJob>> ClaimMovesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken) =>
            moves.ClaimMovesAsync(process, running, limit, lease, cancellationToken);

        public Task<MoveJob?> CutOverAsync(MoveJob job, DateTimeOffset now, CancellationToken cancellationToken) =>
            FailAsync("CutOver", () => moves.CutOverAsync(job, now, cancellationToken), effective: j => j?.State == MoveState.Moved);

        public Task<MoveJob?> FailAsync(MoveJob job, string fault, DateTimeOffset now, CancellationToken cancellationToken) => moves.FailAsync(job, fault, now, cancellationToken);

        public Task<IReadOnlyList<string>> ListTouchedAsync(MoveJob job, CancellationToken cancellationToken) => FailAsync("Touched", () => moves.ListTouchedAsync(job, cancellationToken), _ => true);

        public Task<MoveJob?> OpenAsync(MoveJob job, CancellationToken cancellationToken) => FailAsync("Open", () => moves.OpenAsync(job, cancellationToken), j => j is not null);

        public Task<MoveJob?> RenameAsync(MoveJob job, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            FailAsync("Rename", () => moves.RenameAsync(job, 1, now, cancellationToken), j => j is not null);

        public Task<bool> ArchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => moves.ArchiveAsync(costCenter, admin, cancellationToken);

        public Task<bool> UnarchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => moves.UnarchiveAsync(costCenter, admin, cancellationToken);

        private async Task<T> FailAsync<T>(string step, Func<Task<T>> call, Func<T, bool> effective)
        {
            ThrowOnce($"{step} before");
            var result = await call();
            if (effective(result)) ThrowOnce($"{step} after");
            return result;
        }

        private void ThrowOnce(string what)
        {
            lock (_lock)
            {
                if (Failed.Add(what)) throw new LedgerUnavailableException($"planted: {what}");
            }
        }
    }
}
