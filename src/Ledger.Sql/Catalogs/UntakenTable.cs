using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>Models that an import knew and could not take.</summary>
internal static class UntakenTable
{
    public static Task<List<UntakenModel>> ListAsync(LedgerSession s, CancellationToken cancellationToken) =>
        s.ListAsync("select model, reason from untaken_models order by model", r => new UntakenModel(r.Text(), r.Text()), cancellationToken);

    /// <returns>True when something is not as it was.</returns>
    public static async Task<bool> PutAsync(LedgerSession s, IReadOnlyList<UntakenModel> untaken, IReadOnlyList<string> taken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = 0;
        if (taken.Count > 0)
        {
            var names = JsonRows.Of(taken, (to, model) => to.WriteString("model", model));
            changed += await s.ExecuteAsync(
                $"delete from untaken_models where model in (select t.model from {s.Dialect.Rows("@taken", "t", ("model", "text"))})", cancellationToken, ("taken", names));
        }

        if (untaken.Count == 0) return changed > 0;
        var rows = JsonRows.Of(untaken, (to, model) =>
        {
            to.WriteString("model", model.Model);
            to.WriteString("reason", model.Reason);
        });
        changed += await s.ExecuteAsync(
            $"""
            insert into untaken_models as u (model, reason, seen_at)
            select r.model, r.reason, @seen_at from {s.Dialect.Rows("@rows", "r", ("model", "text"), ("reason", "text"))} where true
            on conflict (model) do update set reason = excluded.reason, seen_at = excluded.seen_at where u.reason <> excluded.reason
            """,
            cancellationToken, ("rows", rows), ("seen_at", now));
        if (changed == 0) return false;
        await s.ExecuteAsync(
            "delete from untaken_models where model not in (select model from untaken_models order by seen_at desc, model limit @kept)", cancellationToken,
            ("kept", (long)UntakenModel.MaxKept));
        return true;
    }
}
